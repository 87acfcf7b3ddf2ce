package dev.botgate.audit.writer;

import dev.botgate.audit.TrailRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The records that are not durable yet, in the order of their arrival.
 *
 * <p>Large records have a queue of their own, and the two queues take turns: a small record waits for at most one large
 * commit, and no record waits forever. The records of one exchange keep their order, because the next one arrives only
 * after the intent is durable.
 *
 * <p>Used on the trail's event loop, except for the counts, which are safe on any thread.
 */
final class WriteQueue {
    private static final long MAX_BATCH_BYTES = 1L << 20;
    private static final long LARGE_BYTES = 256L << 10;

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Deque<PendingWrite> small = new ArrayDeque<>();
    private final Deque<PendingWrite> large = new ArrayDeque<>();
    private boolean largeIsNext;
    /** Records that requests wait for, whether queued or being written. */
    private final Deque<PendingWrite> awaited = new ArrayDeque<>();

    /** The number of records, including those that are being written. */
    int count() {
        return count.get();
    }

    long bytes() {
        return bytes.get();
    }

    /** Counts a record that will be added. */
    void reserve(PendingWrite one) {
        count.incrementAndGet();
        bytes.addAndGet(one.bytes());
    }

    /** Counts a record no longer, after it was taken or removed. */
    void release(PendingWrite one) {
        count.decrementAndGet();
        bytes.addAndGet(-one.bytes());
    }

    boolean isEmpty() {
        return small.isEmpty() && large.isEmpty();
    }

    void add(PendingWrite one) {
        queueOf(one).add(one);
        if (one.awaited()) {
            awaited.add(one);
        }
    }

    /** Puts a batch back to the position where {@link #take} found it. */
    void putBack(List<PendingWrite> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            Deque<PendingWrite> queue = queueOf(batch.get(i));
            queue.addFirst(batch.get(i));
            largeIsNext = queue == large;
        }
    }

    private Deque<PendingWrite> queueOf(PendingWrite one) {
        return one.bytes() > LARGE_BYTES ? large : small;
    }

    /** Takes up to {@code maximum} records and 1 MiB from the head, or one large record. */
    List<PendingWrite> take(int maximum) {
        List<PendingWrite> taken = new ArrayList<>();
        if (!large.isEmpty() && (largeIsNext || small.isEmpty())) {
            largeIsNext = false;
            taken.add(large.remove());
            return taken;
        }
        largeIsNext = true;
        long size = 0;
        for (PendingWrite next = small.peek(); next != null && taken.size() < maximum; next = small.peek()) {
            size += next.bytes();
            if (!taken.isEmpty() && size > MAX_BATCH_BYTES) {
                break;
            }
            taken.add(small.remove());
        }
        return taken;
    }

    /** Removes intents whose requests were refused, except those that may be in the store already. */
    void removeRefused(Consumer<PendingWrite> removed) {
        Predicate<PendingWrite> refused = one -> {
            boolean remove = !one.awaited() && !one.mustBeWritten();
            if (remove) {
                removed.accept(one);
            }
            return remove;
        };
        small.removeIf(refused);
        large.removeIf(refused);
    }

    /** Returns, once, the awaited records whose deadline has passed, whether queued or being written. */
    List<PendingWrite> expired(long nowNanos) {
        List<PendingWrite> expired = new ArrayList<>();
        for (PendingWrite oldest = awaited.peek();
                oldest != null && (!oldest.awaited() || oldest.expired(nowNanos));
                oldest = awaited.peek()) {
            awaited.remove();
            if (oldest.awaited()) {
                expired.add(oldest);
            }
        }
        return expired;
    }

    /** Forgets the oldest awaited records whose requests are answered. */
    void forgetAnswered() {
        while (!awaited.isEmpty() && !awaited.peek().awaited()) {
            awaited.remove();
        }
    }

    /** The queued intents that requests wait for. */
    List<PendingWrite> awaitedIntents() {
        return Stream.concat(small.stream(), large.stream())
                .filter(one -> one.isIntent() && one.awaited())
                .toList();
    }

    static List<TrailRecord> records(List<PendingWrite> batch) {
        List<TrailRecord> records = new ArrayList<>(batch.size());
        for (PendingWrite one : batch) {
            records.add(one.record());
        }
        return records;
    }
}
