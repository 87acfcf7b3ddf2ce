package dev.botgate.audit.journal;

import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the database refuses for good: kept in a file of the journal's. An exchange whose outcome is there is not closed by
 * this run, so that it is closed as unknown after it.
 *
 * <p>Used on the trail's context.
 */
final class RefusedRecords {
    private final AsyncJournal journal;
    private final Verdicts verdicts;
    private final JournalMetrics metrics;

    RefusedRecords(AsyncJournal journal, Verdicts verdicts, JournalMetrics metrics) {
        this.journal = journal;
        this.verdicts = verdicts;
        this.metrics = metrics;
    }

    /** Keeps all of it. */
    Future<Void> keep(List<TrailRecord> refused) {
        return keep(refused, List.of(), journal::keepRefused);
    }

    /**
     * Keeps all of it, which lies in {@code chunk}.
     *
     * @param unreadable payloads that nobody can read
     */
    Future<Void> keep(List<TrailRecord> refused, List<byte[]> unreadable, JournalChunk chunk) {
        return keep(refused, unreadable, payloads -> journal.keepRefused(payloads, chunk));
    }

    private Future<Void> keep(
            List<TrailRecord> refused, List<byte[]> unreadable, Function<List<byte[]>, Future<Void>> keeping) {
        List<byte[]> payloads = new ArrayList<>(unreadable);
        refused.forEach(one -> payloads.add(RecordCodec.encode(one)));
        if (payloads.isEmpty()) {
            return Future.succeededFuture();
        }
        return keeping.apply(payloads).onSuccess(kept -> {
            metrics.refused(payloads.size());
            refused.forEach(verdicts::neverInTheTrail);
        });
    }
}
