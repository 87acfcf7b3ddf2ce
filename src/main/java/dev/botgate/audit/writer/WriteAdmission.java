package dev.botgate.audit.writer;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Takes records from requests: refuses intents while too many records wait or the journal is full, and puts everything else
 * into the inbox. Safe on any thread.
 */
final class WriteAdmission {
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final WriteQueue queue;
    private final WriteResults results;
    private final WriterMetrics metrics;
    private final @Nullable JournalSpill spill;
    private final WriteQueueInbox inbox;
    private volatile boolean closed;

    /** @param context of the trail's event loop */
    WriteAdmission(
            Context context, WriterParts parts, ExchangeIds ids, @Nullable JournalSpill spill, WriteQueueInbox inbox) {
        this.context = context;
        this.settings = parts.settings();
        this.ids = ids;
        this.queue = parts.queue();
        this.results = parts.results();
        this.metrics = parts.metrics();
        this.spill = spill;
        this.inbox = inbox;
    }

    /** Takes an intent; the result succeeds once it is durable. */
    Future<Void> intent(Intent intent) {
        if (closed) {
            ids.settled(intent.exchange());
            return Future.failedFuture(
                    new GatewayException(Failure.SHUTTING_DOWN, "Nothing was forwarded: the gateway is stopping"));
        }
        PendingWrite pending = PendingWrite.awaited(intent, deadline());
        queue.reserve(pending);
        if (queue.count() > settings.maximumWaiting() || queue.bytes() > settings.maximumWaitingBytes()) {
            metrics.refusedFull();
            return refused(pending, "too many requests wait to be recorded");
        }
        if (spill != null && spill.diskFails()) {
            metrics.refusedJournalFailed();
            return refused(pending, "the journal cannot be written");
        }
        if (spill != null && spill.full()) {
            metrics.refusedJournalFull();
            context.runOnContext(ignored -> reportFull(spill));
            return refused(pending, "the database is away, and the journal is full");
        }
        inbox.put(pending);
        return pending.future();
    }

    /** Takes an attempt or an outcome. */
    void unawaited(TrailRecord record) {
        put(PendingWrite.unawaited(record));
    }

    /** Takes an outcome; the result succeeds once it is durable. */
    Future<Void> awaited(Outcome outcome) {
        PendingWrite pending = PendingWrite.awaited(outcome, deadline());
        put(pending);
        return pending.future().onFailure(cause -> metrics.replyUnrecorded());
    }

    /** Refuses all intents from now on. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    private void put(PendingWrite pending) {
        queue.reserve(pending);
        inbox.put(pending);
    }

    private long deadline() {
        return System.nanoTime() + settings.commitTimeout().toNanos();
    }

    /** Refuses on the caller's thread, without a turn of the trail's event loop. */
    private Future<Void> refused(PendingWrite pending, String reason) {
        results.dropped(pending);
        return Future.failedFuture(results.unavailable(reason));
    }

    private void reportFull(JournalSpill spill) {
        if (spill.active()) {
            results.setProblem("the journal is full");
        }
    }
}
