package dev.botgate.audit.writer;

import io.netty.channel.SingleThreadEventLoop;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings records from any thread to the trail's event loop, in order, and gathers records that arrive in quick succession
 * into one commit.
 *
 * <p>Each turn of the event loop hands over the records that arrived before it. While turns bring records, the commit waits
 * for the next turn, for at most {@value #MAX_GATHER_MICROS} µs. An idle event loop has its next turn at once, so a single
 * record does not wait; under load turns are long, so commits are few and large.
 */
final class WriteQueueInbox {
    private static final long MAX_GATHER_MICROS = 1_000;

    private final Context context;
    private final Consumer<PendingWrite> consumer;
    private final BooleanSupplier gatherMore;
    private final Runnable afterwards;
    private final Queue<PendingWrite> records = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final @Nullable SingleThreadEventLoop loop;

    /** When gathering began. Used on the context only, like the next. */
    private long gatheringSince;

    private boolean gathering;

    /**
     * An inbox that hands over on {@code context}.
     *
     * @param consumer takes one record
     * @param gatherMore whether the commit should wait for more records
     * @param afterwards runs once all records are handed over
     */
    WriteQueueInbox(Context context, Consumer<PendingWrite> consumer, BooleanSupplier gatherMore, Runnable afterwards) {
        this.context = context;
        this.consumer = consumer;
        this.gatherMore = gatherMore;
        this.afterwards = afterwards;
        this.loop =
                ((ContextInternal) context).nettyEventLoop() instanceof SingleThreadEventLoop single ? single : null;
    }

    /** Adds a record. Any thread. */
    void put(PendingWrite record) {
        records.add(record);
        schedule();
    }

    /** Hands over soon, even without a record. Any thread. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            context.runOnContext(ignored -> turn());
        }
    }

    private void turn() {
        boolean any = handOver();
        if (any && loop != null && gatherMore.getAsBoolean() && withinGatherTime()) {
            // Otherwise a turn is scheduled already.
            if (scheduled.compareAndSet(false, true)) {
                loop.executeAfterEventLoopIteration(() -> context.runOnContext(ignored -> turn()));
            }
            return;
        }
        gathering = false;
        afterwards.run();
    }

    private boolean withinGatherTime() {
        long now = System.nanoTime();
        if (!gathering) {
            gathering = true;
            gatheringSince = now;
        }
        return now - gatheringSince < TimeUnit.MICROSECONDS.toNanos(MAX_GATHER_MICROS);
    }

    /** Hands over all records, and returns whether there were any. On the context. */
    boolean handOver() {
        // Before the first poll: a record that arrives after the last poll must schedule another turn.
        scheduled.set(false);
        boolean any = false;
        for (PendingWrite next = records.poll(); next != null; next = records.poll()) {
            consumer.accept(next);
            any = true;
        }
        return any;
    }
}
