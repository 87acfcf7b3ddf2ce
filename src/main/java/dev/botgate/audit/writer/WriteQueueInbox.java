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
 * Brings records from any thread to the trail's event loop, in order, and gathers those that come in quick succession, so
 * that they go into one commit.
 *
 * <p>Each turn of the event loop hands over what came before it. As long as turns bring something, the next turn is waited
 * for, at most {@value #MAX_GATHER_MICROS} µs; an idle event loop has its next turn at once. So a single record does not
 * wait, and under load, when turns are long, commits are few and large.
 */
final class WriteQueueInbox {
    private static final long MAX_GATHER_MICROS = 1_000;

    private final Context context;
    private final Consumer<PendingWrite> each;
    private final BooleanSupplier worthWaiting;
    private final Runnable afterwards;
    private final Queue<PendingWrite> records = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();
    private final @Nullable SingleThreadEventLoop loop;

    /** When gathering began. Touched on the context only, like the next. */
    private long gatheringSince;

    private boolean gathering;

    /**
     * An inbox that hands over on {@code context}.
     *
     * @param each takes one record
     * @param worthWaiting whether more records should be waited for
     * @param afterwards runs when all records have been taken
     */
    WriteQueueInbox(Context context, Consumer<PendingWrite> each, BooleanSupplier worthWaiting, Runnable afterwards) {
        this.context = context;
        this.each = each;
        this.worthWaiting = worthWaiting;
        this.afterwards = afterwards;
        this.loop =
                ((ContextInternal) context).nettyEventLoop() instanceof SingleThreadEventLoop single ? single : null;
    }

    /** Adds a record. Any thread. */
    void put(PendingWrite record) {
        records.add(record);
        call();
    }

    /** Hands over soon, even if there is no record. Any thread. */
    void call() {
        if (called.compareAndSet(false, true)) {
            context.runOnContext(ignored -> turn());
        }
    }

    private void turn() {
        boolean came = handOver();
        if (came && loop != null && worthWaiting.getAsBoolean() && inTime()) {
            // If there was a call meanwhile, a turn will come anyway.
            if (called.compareAndSet(false, true)) {
                loop.executeAfterEventLoopIteration(() -> context.runOnContext(ignored -> turn()));
            }
            return;
        }
        gathering = false;
        afterwards.run();
    }

    private boolean inTime() {
        long now = System.nanoTime();
        if (!gathering) {
            gathering = true;
            gatheringSince = now;
        }
        return now - gatheringSince < TimeUnit.MICROSECONDS.toNanos(MAX_GATHER_MICROS);
    }

    /** Hands over what is there, and tells whether there was anything. On the context. */
    boolean handOver() {
        // Before the first is taken: a record that comes after the last must call again.
        called.set(false);
        boolean came = false;
        for (PendingWrite next = records.poll(); next != null; next = records.poll()) {
            each.accept(next);
            came = true;
        }
        return came;
    }
}
