package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Limit.CompiledWindows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The past and reserved admissions of one scope, in order of time, and what throttles did to it.
 *
 * <p>Exact: with {@code at(i)} the admissions in order, every window of N permits and length W keeps {@code at(i+N) -
 * at(i) >= W} for all i, wherever an admission is inserted. Bounded: past admissions outside all windows are dropped, so
 * there are never more than the largest N of them. Not thread-safe.
 *
 * <p>In a shared scope, waiting requests are spaced by nine tenths of the full window's even pace, and while any request waits,
 * no burst overtakes it: a queue that advances evenly can be shared evenly. In the long run that costs no capacity.
 */
final class AdmissionLog {
    private static final double PACE = 0.9;
    private static final int[] NO_MARKS = {};

    private final CompiledWindows windows;
    private @Nullable ThrottleState throttle;

    private long[] times = new long[4];
    private int[] marks;
    private int size;
    private long pace;
    /** Of a scope of one bot: no admission fits before it until one is removed; searches begin there. */
    private long fullUntil = Long.MIN_VALUE;

    AdmissionLog(CompiledWindows windows) {
        this.windows = windows;
        marks = windows.marked() ? new int[times.length] : NO_MARKS;
    }

    /** What throttles did to the scope; made when first asked for. */
    ThrottleState throttle() {
        ThrottleState present = throttle;
        if (present == null) {
            present = new ThrottleState();
            throttle = present;
        }
        return present;
    }

    private double factor(long now) {
        return throttle == null ? 1 : throttle.factor(now);
    }

    /** The earliest time from {@code from} on at which one more admission keeps every window. */
    long earliest(long from, long now) {
        double stretch = 1 / factor(now);
        boolean queued = windows.shared() && reservations(now) > 0;
        if (windows.shared()) {
            pace = Math.max(pace(now, stretch), queued ? pace : 0);
        }
        boolean known = !windows.shared() && from <= Math.max(now, fullUntil);
        long t = Math.max(from, fullUntil);
        if (throttle != null) {
            t = Math.max(t, throttle.closedUntil());
        }
        long next = later(t, queued || t > now ? pace : 0, stretch);
        while (next != t) {
            t = next;
            next = later(t, queued || t > now ? pace : 0, stretch);
        }
        if (known && stretch == 1) {
            fullUntil = t;
        }
        return t;
    }

    /** {@code t} if an admission fits there, else a later time before which none does. */
    private long later(long t, long spacing, double stretch) {
        int before = upTo(t);
        for (int w = 0; w < windows.count(); w++) {
            long next = later(t, before, windows.permits(w), (long) (windows.length(w) * stretch));
            if (next != t) {
                return next;
            }
        }
        if (before > 0 && t - at(before - 1) < spacing) {
            return at(before - 1) + spacing;
        }
        long gap = throttle == null ? 0 : throttle.gapAt(t);
        if (gap > 0) {
            if (before > 0 && t - at(before - 1) < gap) {
                return at(before - 1) + gap;
            }
            if (before < size && at(before) - t < gap) {
                return at(before);
            }
        }
        return t;
    }

    private long later(long t, int before, int n, long length) {
        for (int i = Math.min(before - 1, size - n); i > before - n && i >= 0; i--) {
            if (at(i + n - 1) - at(i) < length) {
                return at(i) + length;
            }
        }
        if (before >= n && t - at(before - n) < length) {
            return at(before - n) + length;
        }
        boolean fullAfter = before + n - 1 < size && at(before + n - 1) - t < length;
        return fullAfter ? at(before) : t;
    }

    private long pace(long now, double stretch) {
        double pace = 0;
        for (int w = 0; w < windows.count(); w++) {
            double length = windows.length(w) * stretch;
            if (size >= windows.permits(w) && size - upTo(now - (long) length) >= windows.permits(w)) {
                pace = Math.max(pace, PACE * length / windows.permits(w));
            }
        }
        return (long) pace;
    }

    /** Enters an admission at {@code t}, marked with its owner. */
    void add(long t, int mark, long now) {
        if (size == times.length) {
            makeRoom(now);
        }
        int place = upTo(t);
        System.arraycopy(times, place, times, place + 1, size - place);
        times[place] = t;
        if (windows.marked()) {
            System.arraycopy(marks, place, marks, place + 1, size - place);
            marks[place] = mark;
        }
        size++;
    }

    /** Enters a request of time {@code at} that shadow mode would have admitted at {@code t}. */
    void addShadow(long t, long at, long now) {
        add(t, (int) at, now);
    }

    /** Removes an admission at {@code t}, if there is one. */
    void remove(long t) {
        int place = upTo(t) - 1;
        if (place >= 0 && at(place) == t) {
            removeAt(place);
        }
    }

    /** Removes the entry that {@link #addShadow} made for {@code at}, if any. */
    void removeShadow(long at) {
        int place = upTo(at - 1);
        while (place < size && marks[place] != (int) at) {
            place++;
        }
        if (place < size) {
            removeAt(place);
        }
    }

    private void removeAt(int place) {
        size--;
        System.arraycopy(times, place + 1, times, place, size - place);
        if (windows.marked()) {
            System.arraycopy(marks, place + 1, marks, place, size - place);
        }
        fullUntil = Long.MIN_VALUE;
    }

    /** Removes the reservations for later than {@code now}. */
    void removeReservations(long now) {
        size = upTo(now);
        fullUntil = Long.MIN_VALUE;
    }

    /** How many admissions are reserved for later than {@code now}. */
    int reservations(long now) {
        return size - upTo(now);
    }

    /** How many of the reservations are {@code owner}'s; all of them if the scope is one bot's. */
    int reservationsOf(int owner, long now) {
        int from = upTo(now);
        int found = windows.shared() ? 0 : size - from;
        for (int i = from; windows.shared() && i < size; i++) {
            found += marks[i] == owner ? 1 : 0;
        }
        return found;
    }

    int windows() {
        return windows.count();
    }

    /** A lower bound of {@link #remaining}, without a search. */
    long minimumRemaining(int w) {
        return (long) windows.permits(w) - size;
    }

    /** The permits of window {@code w} that are neither used nor reserved. */
    long remaining(int w, long now) {
        return (long) windows.permits(w) - (size - upTo(now - length(w, now)));
    }

    /** How long until the oldest admission leaves window {@code w}; its length where none is in it. */
    long reset(int w, long now) {
        long length = length(w, now);
        int first = upTo(now - length);
        return first < size ? Math.max(0, at(first) + length - now) : length;
    }

    /** The length of window {@code w} as it is kept at {@code now}. */
    long length(int w, long now) {
        return throttle == null ? windows.length(w) : (long) (windows.length(w) / throttle.factor(now));
    }

    /** Whether forgetting this log changes nothing. */
    boolean idle(long now) {
        return (throttle == null || throttle.idle(now)) && (size == 0 || at(size - 1) <= now - windows.longest());
    }

    private void makeRoom(long now) {
        int past = upTo(now);
        int kept = Math.min(past, windows.maximumPermits());
        int drop = past - kept;
        while (drop < past && at(drop) <= now - (long) (windows.longest() / factor(now))) {
            drop++;
        }
        size -= drop;
        int length = size > times.length - times.length / 8 - 1 ? times.length * 2 : times.length;
        long[] keptTimes = new long[length];
        System.arraycopy(times, drop, keptTimes, 0, size);
        times = keptTimes;
        if (windows.marked()) {
            int[] keptMarks = new int[length];
            System.arraycopy(marks, drop, keptMarks, 0, size);
            marks = keptMarks;
        }
    }

    private long at(int i) {
        return times[i];
    }

    /** How many admissions lie at or before {@code t}. */
    private int upTo(long t) {
        if (size == 0 || at(size - 1) <= t) {
            return size;
        }
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) <= t) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** For the log of tests. */
    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(times, size));
    }
}
