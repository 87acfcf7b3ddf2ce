package dev.botgate.audit.writer;

import dev.botgate.audit.Intent;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A record that is not durable yet, and the request that waits for it, if any. Changes on the trail's event loop only. */
final class PendingWrite {
    /** The size of a record without its body, roughly. */
    private static final long RECORD_BYTES = 1_024;

    private final TrailRecord recorded;
    private final long deadlineNanos;
    private final @Nullable Promise<Void> promise;
    private boolean told;
    private boolean mustBeRecorded;

    private PendingWrite(TrailRecord recorded, long deadlineNanos, @Nullable Promise<Void> promise) {
        this.recorded = recorded;
        this.deadlineNanos = deadlineNanos;
        this.promise = promise;
        this.mustBeRecorded = !isIntent();
    }

    /** A record that a request waits for; its {@link #future} completes on the current context. */
    static PendingWrite awaited(TrailRecord recorded, long deadlineNanos) {
        return new PendingWrite(recorded, deadlineNanos, onCurrentContext());
    }

    /** A promise whose future tells its listeners on the current context, wherever it is completed. */
    static Promise<Void> onCurrentContext() {
        ContextInternal current = ContextInternal.current();
        return current == null ? Promise.promise() : current.promise();
    }

    /** A record that no request waits for. */
    static PendingWrite unawaited(TrailRecord recorded) {
        return new PendingWrite(recorded, 0, null);
    }

    TrailRecord recorded() {
        return recorded;
    }

    boolean isIntent() {
        return recorded instanceof Intent;
    }

    /** Whether a request waits for it, and has not been told the result yet. */
    boolean awaited() {
        return promise != null && !told;
    }

    /** Of an awaited record: succeeds once it is durable. */
    Future<Void> future() {
        return Objects.requireNonNull(promise).future();
    }

    boolean expired(long nowNanos) {
        return deadlineNanos - nowNanos <= 0;
    }

    /** Marks a record that may be in the database already. */
    void mayBeWritten() {
        mustBeRecorded = true;
    }

    /** Whether it may not be dropped: it is no intent, or it may be in the database already. */
    boolean mustBeRecorded() {
        return mustBeRecorded;
    }

    /** Tells the request, if one still waits. */
    void succeed() {
        if (promise != null && !told) {
            told = true;
            promise.complete();
        }
    }

    /** Tells the request, if one still waits. */
    void fail(Throwable cause) {
        if (promise != null && !told) {
            told = true;
            promise.fail(cause);
        }
    }

    /** The memory that it takes, roughly. */
    long bytes() {
        @Nullable
        Buffer body = recorded instanceof Intent intent ? intent.body().bytes() : null;
        return RECORD_BYTES + (body == null ? 0 : body.length());
    }
}
