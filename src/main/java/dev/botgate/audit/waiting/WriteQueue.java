package dev.botgate.audit.waiting;

import dev.botgate.audit.TrailRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The records that wait to become durable, in the order in which they came, and the intents whose requests wait for that.
 *
 * <p>Large ones wait apart, and take turns with the others one by one: so a small one waits for one large commit at most,
 * and none of them for ever. What belongs to one exchange keeps its order all the same, since nothing of it comes before its
 * intent is durable.
 *
 * <p>Used on the trail's context, apart from the count, which is kept on any thread.
 */
public final class WriteQueue {
    private static final long MAXIMUM_BATCH_BYTES = 1L << 20;
    private static final long LARGE_BYTES = 256L << 10;

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Deque<PendingWrite> queue = new ArrayDeque<>();
    private final Deque<PendingWrite> large = new ArrayDeque<>();
    private boolean largeIsNext;
    private final Deque<PendingWrite> awaited = new ArrayDeque<>();

    public int count() {
        return count.get();
    }

    public long bytes() {
        return bytes.get();
    }

    public void counted(PendingWrite one) {
        count.incrementAndGet();
        bytes.addAndGet(one.bytes());
    }

    public void gone(PendingWrite one) {
        count.decrementAndGet();
        bytes.addAndGet(-one.bytes());
    }

    public boolean isEmpty() {
        return queue.isEmpty() && large.isEmpty();
    }

    public void add(PendingWrite one) {
        queueOf(one).add(one);
        if (one.isIntent()) {
            awaited.add(one);
        }
    }

    public void putBack(List<PendingWrite> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            queueOf(batch.get(i)).addFirst(batch.get(i));
            largeIsNext = queueOf(batch.get(i)) == large;
        }
    }

    private Deque<PendingWrite> queueOf(PendingWrite one) {
        return one.bytes() > LARGE_BYTES ? large : queue;
    }

    /** From the head up to {@code maximum} records and 1 MiB, or one large record; what was put back first. */
    public List<PendingWrite> take(int maximum) {
        List<PendingWrite> taken = new ArrayList<>();
        if (!large.isEmpty() && (largeIsNext || queue.isEmpty())) {
            largeIsNext = false;
            taken.add(large.remove());
            return taken;
        }
        largeIsNext = true;
        long size = 0;
        for (PendingWrite next = queue.peek(); next != null && taken.size() < maximum; next = queue.peek()) {
            size += next.bytes();
            if (!taken.isEmpty() && size > MAXIMUM_BATCH_BYTES) {
                break;
            }
            taken.add(queue.remove());
        }
        return taken;
    }

    /** Takes out what nobody would miss: its request has been refused, and it certainly is nowhere yet. */
    public void dropMoot(Consumer<PendingWrite> dropped) {
        Predicate<PendingWrite> moot = one -> {
            boolean drop = one.told() && !one.mustBeRecorded();
            if (drop) {
                dropped.accept(one);
            }
            return drop;
        };
        queue.removeIf(moot);
        large.removeIf(moot);
    }

    /** The intents whose requests have waited too long, out of those that are awaited. */
    public List<PendingWrite> expired(long nowNanos) {
        List<PendingWrite> expired = new ArrayList<>();
        for (PendingWrite oldest = awaited.peek();
                oldest != null && (oldest.told() || oldest.nanosLeft(nowNanos) <= 0);
                oldest = awaited.peek()) {
            awaited.remove();
            if (!oldest.told()) {
                expired.add(oldest);
            }
        }
        return expired;
    }

    /** How long the request still waits that came first of those that are awaited; empty when none is. */
    public OptionalLong nanosLeft(long nowNanos) {
        PendingWrite oldest = awaited.peek();
        return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.nanosLeft(nowNanos));
    }

    /** Lets go of the awaited intents at the head whose requests have been told. */
    public void forgetTold() {
        while (!awaited.isEmpty() && awaited.peek().told()) {
            awaited.remove();
        }
    }

    /** Those of the queue whose requests have not been told. */
    public List<PendingWrite> untold() {
        return Stream.concat(queue.stream(), large.stream())
                .filter(one -> one.isIntent() && !one.told())
                .toList();
    }

    public static List<TrailRecord> records(List<PendingWrite> batch) {
        List<TrailRecord> records = new ArrayList<>(batch.size());
        for (PendingWrite one : batch) {
            records.add(one.recorded());
        }
        return records;
    }
}
