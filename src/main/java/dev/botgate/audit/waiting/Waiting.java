package dev.botgate.audit.waiting;

import dev.botgate.audit.Recorded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The records that wait to become durable, in the order in which they came, and the intents whose requests wait for that.
 *
 * <p>Used on the trail's context, apart from the count, which is kept on any thread.
 */
public final class Waiting {
    private static final long MAXIMUM_BATCH_BYTES = 8L << 20;

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final Deque<Pending> awaited = new ArrayDeque<>();

    public int count() {
        return count.get();
    }

    public long bytes() {
        return bytes.get();
    }

    public void counted(Pending one) {
        count.incrementAndGet();
        bytes.addAndGet(one.bytes());
    }

    public void gone(Pending one) {
        count.decrementAndGet();
        bytes.addAndGet(-one.bytes());
    }

    public boolean isEmpty() {
        return queue.isEmpty();
    }

    public void add(Pending one) {
        queue.add(one);
        if (one.isIntent()) {
            awaited.add(one);
        }
    }

    public void putBack(List<Pending> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            queue.addFirst(batch.get(i));
        }
    }

    /** From the head up to {@code maximum} records and 8 MiB, but one record in any case. */
    public List<Pending> take(int maximum) {
        List<Pending> taken = new ArrayList<>();
        long size = 0;
        for (Pending next = queue.peek(); next != null && taken.size() < maximum; next = queue.peek()) {
            size += next.bytes();
            if (!taken.isEmpty() && size > MAXIMUM_BATCH_BYTES) {
                break;
            }
            taken.add(queue.remove());
        }
        return taken;
    }

    /** Takes out what nobody would miss: its request has been refused, and it certainly is nowhere yet. */
    public void dropMoot(Consumer<Pending> dropped) {
        queue.removeIf(one -> {
            boolean moot = one.told() && !one.mustBeRecorded();
            if (moot) {
                dropped.accept(one);
            }
            return moot;
        });
    }

    /** The intents whose requests have waited too long, out of those that are awaited. */
    public List<Pending> expired(long nowNanos) {
        List<Pending> expired = new ArrayList<>();
        for (Pending oldest = awaited.peek();
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
        Pending oldest = awaited.peek();
        return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.nanosLeft(nowNanos));
    }

    /** Lets go of the awaited intents at the head whose requests have been told. */
    public void forgetTold() {
        while (!awaited.isEmpty() && awaited.peek().told()) {
            awaited.remove();
        }
    }

    /** Those of the queue whose requests have not been told. */
    public List<Pending> untold() {
        return queue.stream().filter(one -> one.isIntent() && !one.told()).toList();
    }

    public static List<Recorded> records(List<Pending> batch) {
        List<Recorded> records = new ArrayList<>(batch.size());
        for (Pending one : batch) {
            records.add(one.recorded());
        }
        return records;
    }
}
