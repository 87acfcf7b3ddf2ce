package dev.botgate.audit.writer;

import dev.botgate.audit.Intent;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A record that is not durable yet, and the request that waits for it, if any. Changed on the trail's event loop only. */
final class PendingWrite {
    /** Approximate size of a record without its body. */
    private static final long RECORD_BYTES = 1_024;

    private final TrailRecord record;
    private final long deadlineNanos;
    private final @Nullable Promise<Void> promise;
    private boolean answered;
    private boolean mustBeWritten;

    private PendingWrite(TrailRecord record, long deadlineNanos, @Nullable Promise<Void> promise) {
        this.record = record;
        this.deadlineNanos = deadlineNanos;
        this.promise = promise;
        this.mustBeWritten = !isIntent();
    }

    /** A record that a request waits for; its {@link #future} completes on the current context. */
    static PendingWrite awaited(TrailRecord record, long deadlineNanos) {
        return new PendingWrite(record, deadlineNanos, onCurrentContext());
    }

    /** A promise whose listeners run on the current context, wherever it is completed. */
    static Promise<Void> onCurrentContext() {
        ContextInternal current = ContextInternal.current();
        return current == null ? Promise.promise() : current.promise();
    }

    /** A record that no request waits for. */
    static PendingWrite unawaited(TrailRecord record) {
        return new PendingWrite(record, 0, null);
    }

    TrailRecord record() {
        return record;
    }

    boolean isIntent() {
        return record instanceof Intent;
    }

    /** Whether a request still waits for it. */
    boolean awaited() {
        return promise != null && !answered;
    }

    /** Succeeds once the record is durable. Of an awaited record only. */
    Future<Void> future() {
        return Objects.requireNonNull(promise).future();
    }

    boolean expired(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    /** Marks a record that may be in the store already. */
    void mayBeWritten() {
        mustBeWritten = true;
    }

    /** Whether it may not be dropped: it is no intent, or it may be in the store already. */
    boolean mustBeWritten() {
        return mustBeWritten;
    }

    /** Lets the request proceed, if one still waits. */
    void succeed() {
        if (promise != null && !answered) {
            answered = true;
            promise.complete();
        }
    }

    /** Fails the request, if one still waits. */
    void fail(Throwable cause) {
        if (promise != null && !answered) {
            answered = true;
            promise.fail(cause);
        }
    }

    /** Its approximate size in memory. */
    long bytes() {
        @Nullable Buffer body = record instanceof Intent intent ? intent.body().bytes() : null;
        return RECORD_BYTES + (body == null ? 0 : body.length());
    }
}
