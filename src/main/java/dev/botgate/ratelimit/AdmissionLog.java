package dev.botgate.ratelimit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The admissions of one scope, past and promised, in order of time; and what the upstream said of it.
 *
 * <p>Exact: with {@code at(i)} the admissions in order, every window of N permits and length W keeps {@code at(i+N) -
 * at(i) >= W} for all i, whatever is inserted where. Bounded: past admissions that no window can reach are dropped, so
 * there are never more than the largest N of them. Not safe for use by several threads.
 *
 * <p>In a shared scope, what has to wait is spaced by nine tenths of the exhausted window's even pace, and as long as
 * anything waits nothing overtakes it in a burst: a queue that advances evenly can be shared evenly. In the long run that
 * costs nothing.
 */
final class AdmissionLog {
    private static final double PACE = 0.9;
    private static final int[] NO_MARKS = {};

    private final CompiledWindows spans;
    private @Nullable ThrottleState throttle;

    private long[] times = new long[4];
    private int[] marks;
    private int head;
    private int size;
    private long pace;
    /** Of a scope of one bot: nothing fits before it until something is removed, so searches begin there. */
    private long solid = Long.MIN_VALUE;

    AdmissionLog(CompiledWindows spans) {
        this.spans = spans;
        marks = spans.marked() ? new int[times.length] : NO_MARKS;
    }

    /** What the upstream said, to be added to. */
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

    /** The earliest moment from {@code from} on at which one more admission keeps every window. */
    long earliest(long from, long now) {
        double stretch = 1 / factor(now);
        boolean queued = spans.shared() && promises(now) > 0;
        if (spans.shared()) {
            pace = Math.max(pace(now, stretch), queued ? pace : 0);
        }
        boolean known = !spans.shared() && from <= Math.max(now, solid);
        long t = Math.max(from, solid);
        if (throttle != null) {
            t = Math.max(t, throttle.closedUntil());
        }
        long next = later(t, queued || t > now ? pace : 0, stretch);
        while (next != t) {
            t = next;
            next = later(t, queued || t > now ? pace : 0, stretch);
        }
        if (known && stretch == 1) {
            solid = t;
        }
        return t;
    }

    /** {@code t} where an admission fits, else a later moment before which none does. */
    private long later(long t, long spacing, double stretch) {
        int before = upTo(t);
        for (int w = 0; w < spans.windows(); w++) {
            long next = later(t, before, spans.permits(w), (long) (spans.length(w) * stretch));
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
        for (int w = 0; w < spans.windows(); w++) {
            double length = spans.length(w) * stretch;
            if (size >= spans.permits(w) && size - upTo(now - (long) length) >= spans.permits(w)) {
                pace = Math.max(pace, PACE * length / spans.permits(w));
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
        for (int i = size; i > place; i--) {
            copy(i - 1, i);
        }
        times[slot(place)] = t;
        if (spans.marked()) {
            marks[slot(place)] = mark;
        }
        size++;
    }

    /** Enters what was asked for {@code at}, and in shadow mode would have been admitted at {@code t}. */
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

    /** Removes what was asked for {@code at} in shadow mode, wherever it lies, if it was entered. */
    void removeShadow(long at) {
        int place = upTo(at - 1);
        while (place < size && marks[slot(place)] != (int) at) {
            place++;
        }
        if (place < size) {
            removeAt(place);
        }
    }

    private void removeAt(int place) {
        for (int i = place; i < size - 1; i++) {
            copy(i + 1, i);
        }
        size--;
        solid = Long.MIN_VALUE;
    }

    /** Removes what was promised for later than {@code now}. */
    void removePromises(long now) {
        size = upTo(now);
        solid = Long.MIN_VALUE;
    }

    /** How many admissions are promised for later than {@code now}. */
    int promises(long now) {
        return size - upTo(now);
    }

    /** How many of the promises are {@code owner}'s; all of them where only one bot draws on the scope. */
    int promisesTo(int owner, long now) {
        int from = upTo(now);
        int found = spans.shared() ? 0 : size - from;
        for (int i = from; spans.shared() && i < size; i++) {
            found += marks[slot(i)] == owner ? 1 : 0;
        }
        return found;
    }

    int windows() {
        return spans.windows();
    }

    /** What {@link #remaining} is at least; told without a search. */
    long leastRemaining(int w) {
        return (long) spans.permits(w) - size;
    }

    /** The permits of window {@code w} that are neither taken nor promised. */
    long remaining(int w, long now) {
        return (long) spans.permits(w) - (size - upTo(now - length(w, now)));
    }

    /** How long until the oldest admission leaves window {@code w}; its length where none is in it. */
    long reset(int w, long now) {
        long length = length(w, now);
        int first = upTo(now - length);
        return first < size ? Math.max(0, at(first) + length - now) : length;
    }

    /** The length of window {@code w} as it is kept at {@code now}. */
    long length(int w, long now) {
        return throttle == null ? spans.length(w) : (long) (spans.length(w) / throttle.factor(now));
    }

    /** Whether forgetting this calendar changes nothing. */
    boolean idle(long now) {
        return (throttle == null || throttle.idle(now)) && (size == 0 || at(size - 1) <= now - spans.longest());
    }

    private void makeRoom(long now) {
        int past = upTo(now);
        int kept = Math.min(past, spans.mostPermits());
        int drop = past - kept;
        while (drop < past && at(drop) <= now - (long) (spans.longest() / factor(now))) {
            drop++;
        }
        head = slot(drop);
        size -= drop;
        if (size > times.length - times.length / 8 - 1) {
            times = unrolled(times);
            marks = spans.marked() ? unrolled(marks) : marks;
            head = 0;
        }
    }

    private long[] unrolled(long[] ring) {
        long[] longer = new long[ring.length * 2];
        System.arraycopy(ring, head, longer, 0, ring.length - head);
        System.arraycopy(ring, 0, longer, ring.length - head, head);
        return longer;
    }

    private int[] unrolled(int[] ring) {
        int[] longer = new int[ring.length * 2];
        System.arraycopy(ring, head, longer, 0, ring.length - head);
        System.arraycopy(ring, 0, longer, ring.length - head, head);
        return longer;
    }

    private void copy(int from, int to) {
        times[slot(to)] = times[slot(from)];
        if (spans.marked()) {
            marks[slot(to)] = marks[slot(from)];
        }
    }

    private long at(int i) {
        return times[slot(i)];
    }

    private int slot(int i) {
        return (head + i) & (times.length - 1);
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
        long[] inOrder = new long[size];
        Arrays.setAll(inOrder, this::at);
        return Arrays.toString(inOrder);
    }
}
