package dev.botgate.audit.waiting;

import dev.botgate.audit.ContextPromise;
import dev.botgate.audit.Intent;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A record on its way to being durable. Changes on the trail's own context only. */
public final class PendingWrite {
    /** What a record takes beside its body, give or take. */
    private static final long RECORD_BYTES = 1_024;

    private final TrailRecord recorded;
    private final long deadlineNanos;
    /** Nobody waits for the others. */
    private final @Nullable ContextPromise promise;

    private boolean told;
    private boolean mustBeRecorded;

    /** Made on the context of the request, which will hear there. */
    public PendingWrite(TrailRecord recorded, long deadlineNanos) {
        this.recorded = recorded;
        this.deadlineNanos = deadlineNanos;
        this.promise = recorded instanceof Intent ? new ContextPromise() : null;
        this.mustBeRecorded = promise == null;
    }

    public TrailRecord recorded() {
        return recorded;
    }

    public boolean isIntent() {
        return recorded instanceof Intent;
    }

    /** Of an intent: succeeds once it is durable. */
    public Future<Void> future() {
        return Objects.requireNonNull(promise).future();
    }

    /** How long its request still waits. */
    public long nanosLeft(long nowNanos) {
        return deadlineNanos - nowNanos;
    }

    /** Whether its request has been told, one way or the other. */
    public boolean told() {
        return told;
    }

    /** It was sent to the database, and nobody knows what became of it. */
    public void sentInVain() {
        mustBeRecorded = true;
    }

    /** Whether it may not be dropped: an outcome, or an intent that may be in the database. */
    public boolean mustBeRecorded() {
        return mustBeRecorded;
    }

    public void succeed() {
        told = true;
        Objects.requireNonNull(promise).complete();
    }

    public void fail(Throwable cause) {
        told = true;
        Objects.requireNonNull(promise).fail(cause);
    }

    /** How much memory it holds, roughly. */
    public long bytes() {
        @Nullable
        Buffer body = recorded instanceof Intent intent ? intent.body().bytes() : null;
        return RECORD_BYTES + (body == null ? 0 : body.length());
    }
}
