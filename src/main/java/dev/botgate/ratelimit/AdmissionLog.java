package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Limit.CompiledWindows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The past and reserved admissions of one scope, in order of time, and its throttle state.
 *
 * <p>Exact: with {@code at(i)} the admissions in order, every window of N permits and length W keeps {@code at(i+N) -
 * at(i) >= W} for all i, wherever an admission is inserted. Bounded: past admissions outside all windows are dropped,
 * so there are never more than the largest N of them. Not thread-safe.
 *
 * <p>In a shared scope, waiting requests are spaced by nine tenths of the even pace of the full window, and no burst
 * overtakes them, so that bots get even shares of the queue. In the long run that costs no capacity.
 */
final class AdmissionLog {
    private static final double PACE = 0.9;
    private static final int[] NO_TAGS = {};

    private final CompiledWindows windows;
    private @Nullable ThrottleState throttle;

    private long[] times = new long[4];
    private int[] tags;
    private int size;
    private long pace;
    /** In a scope of one bot: the time before which no admission fits until one is removed. Searches begin there. */
    private long fullUntil = Long.MIN_VALUE;

    AdmissionLog(CompiledWindows windows) {
        this.windows = windows;
        tags = windows.tagged() ? new int[times.length] : NO_TAGS;
    }

    /** The throttle state, created on first use. */
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

    /** The earliest time, not before {@code from}, at which one more admission keeps every window. */
    long earliest(long from, long now) {
        double stretch = 1 / factor(now);
        boolean queued = windows.shared() && reservations(now) > 0;
        if (windows.shared()) {
            pace = Math.max(pace(now, stretch), queued ? pace : 0);
        }
        boolean cacheable = !windows.shared() && from <= Math.max(now, fullUntil);
        long t = Math.max(from, fullUntil);
        if (throttle != null) {
            t = Math.max(t, throttle.closedUntil());
        }
        long next = later(t, queued || t > now ? pace : 0, stretch);
        while (next != t) {
            t = next;
            next = later(t, queued || t > now ? pace : 0, stretch);
        }
        if (cacheable && stretch == 1) {
            fullUntil = t;
        }
        return t;
    }

    /** {@code t} if an admission fits there, else a later time before which none fits. */
    private long later(long t, long spacing, double stretch) {
        int before = countUpTo(t);
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
            if (size >= windows.permits(w) && size - countUpTo(now - (long) length) >= windows.permits(w)) {
                pace = Math.max(pace, PACE * length / windows.permits(w));
            }
        }
        return (long) pace;
    }

    /**
     * Adds an admission at {@code t}.
     *
     * @param tag the owner; in shadow mode the time of the request
     */
    void add(long t, int tag, long now) {
        if (size == times.length) {
            makeRoom(now);
        }
        int index = countUpTo(t);
        System.arraycopy(times, index, times, index + 1, size - index);
        times[index] = t;
        if (windows.tagged()) {
            System.arraycopy(tags, index, tags, index + 1, size - index);
            tags[index] = tag;
        }
        size++;
    }

    /** Adds a request of time {@code at} that shadow mode would have admitted at {@code t}. */
    void addShadow(long t, long at, long now) {
        add(t, (int) at, now);
    }

    /** Removes an admission at {@code t}, if there is one. */
    void remove(long t) {
        int index = countUpTo(t) - 1;
        if (index >= 0 && at(index) == t) {
            removeAt(index);
        }
    }

    /** Removes the entry that {@link #addShadow} made for {@code at}, if any. */
    void removeShadow(long at) {
        int index = countUpTo(at - 1);
        while (index < size && tags[index] != (int) at) {
            index++;
        }
        if (index < size) {
            removeAt(index);
        }
    }

    private void removeAt(int index) {
        size--;
        System.arraycopy(times, index + 1, times, index, size - index);
        if (windows.tagged()) {
            System.arraycopy(tags, index + 1, tags, index, size - index);
        }
        fullUntil = Long.MIN_VALUE;
    }

    /** Removes the reservations after {@code now}. */
    void removeReservations(long now) {
        size = countUpTo(now);
        fullUntil = Long.MIN_VALUE;
    }

    /** The number of reservations after {@code now}. */
    int reservations(long now) {
        return size - countUpTo(now);
    }

    /** The number of {@code owner}'s reservations; all of them if the scope belongs to one bot. */
    int reservationsOf(int owner, long now) {
        int from = countUpTo(now);
        int found = windows.shared() ? 0 : size - from;
        for (int i = from; windows.shared() && i < size; i++) {
            found += tags[i] == owner ? 1 : 0;
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
        return (long) windows.permits(w) - (size - countUpTo(now - length(w, now)));
    }

    /** The time until the oldest admission leaves window {@code w}; its length if it is empty. */
    long reset(int w, long now) {
        long length = length(w, now);
        int first = countUpTo(now - length);
        return first < size ? Math.max(0, at(first) + length - now) : length;
    }

    /** The length of window {@code w} at {@code now}, longer while the limit is lowered. */
    long length(int w, long now) {
        return throttle == null ? windows.length(w) : (long) (windows.length(w) / throttle.factor(now));
    }

    /** Whether this log can be dropped without effect. */
    boolean idle(long now) {
        return (throttle == null || throttle.idle(now)) && (size == 0 || at(size - 1) <= now - windows.longest());
    }

    private void makeRoom(long now) {
        int past = countUpTo(now);
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
        if (windows.tagged()) {
            int[] keptTags = new int[length];
            System.arraycopy(tags, drop, keptTags, 0, size);
            tags = keptTags;
        }
    }

    private long at(int i) {
        return times[i];
    }

    /** The number of admissions at or before {@code t}. */
    private int countUpTo(long t) {
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

    /** For test failures. */
    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(times, size));
    }
}
