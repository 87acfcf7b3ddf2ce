package dev.botgate.audit.waiting;

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
 * Brings records from whatever thread onto the trail's context, in the order in which they came, and together those that
 * come one after the other without a pause: so they go into one commit.
 *
 * <p>Each turn of the event loop hands over what came in it. As long as turns bring something, the next one is waited for,
 * at most {@value #LONGEST_MICROS} µs; a loop that has nothing else to do has it at once. So a record that comes alone
 * waits for nothing, and under load, when turns are long, commits are few and large.
 */
public final class WriteQueueInbox {
    private static final long LONGEST_MICROS = 1_000;

    private final Context context;
    private final Consumer<PendingWrite> each;
    private final BooleanSupplier more;
    private final Runnable afterwards;
    private final Queue<PendingWrite> records = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();
    private final @Nullable SingleThreadEventLoop loop;

    /** When the first of those came that are being gathered; touched on the context only, as is the next. */
    private long since;

    private boolean gathering;

    /**
     * An inbox that hands over on {@code context}.
     *
     * @param each takes one record
     * @param more whether it is worth to wait for more of them
     * @param afterwards runs when all that are there have been taken
     */
    public WriteQueueInbox(Context context, Consumer<PendingWrite> each, BooleanSupplier more, Runnable afterwards) {
        this.context = context;
        this.each = each;
        this.more = more;
        this.afterwards = afterwards;
        this.loop =
                ((ContextInternal) context).nettyEventLoop() instanceof SingleThreadEventLoop single ? single : null;
    }

    /** Leaves a record here. Any thread. */
    public void put(PendingWrite record) {
        records.add(record);
        call();
    }

    /** Hands over, if only nothing, once what the event loop is at has been done. Any thread. */
    public void call() {
        if (called.compareAndSet(false, true)) {
            context.runOnContext(ignored -> turn());
        }
    }

    private void turn() {
        boolean came = handOver();
        if (came && loop != null && more.getAsBoolean() && inTime()) {
            // Who has called meanwhile has a turn to come already.
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
            since = now;
        }
        return now - since < TimeUnit.MICROSECONDS.toNanos(LONGEST_MICROS);
    }

    /** Hands over what is there, and tells whether anything was. On the context. */
    public boolean handOver() {
        // Before the first is taken: what comes behind the last must call again.
        called.set(false);
        boolean came = false;
        for (PendingWrite next = records.poll(); next != null; next = records.poll()) {
            each.accept(next);
            came = true;
        }
        return came;
    }
}
