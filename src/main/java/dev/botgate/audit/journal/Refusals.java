package dev.botgate.audit.journal;

import dev.botgate.audit.Recorded;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * What the database refuses for good: kept in a file of the journal's. An exchange whose outcome is there is not closed by
 * this run, so that it is closed as unknown after it.
 *
 * <p>Used on the trail's context.
 */
final class Refusals {
    private final AsyncJournal journal;
    private final Verdicts verdicts;
    private final JournalMetrics metrics;

    Refusals(AsyncJournal journal, Verdicts verdicts, JournalMetrics metrics) {
        this.journal = journal;
        this.verdicts = verdicts;
        this.metrics = metrics;
    }

    /**
     * Keeps all of it.
     *
     * @param unreadable payloads that nobody can read
     */
    Future<Void> keep(List<Recorded> refused, List<byte[]> unreadable) {
        List<byte[]> payloads = new ArrayList<>(unreadable);
        refused.forEach(one -> payloads.add(RecordCodec.encode(one)));
        if (payloads.isEmpty()) {
            return Future.succeededFuture();
        }
        return journal.keepRefused(payloads).onSuccess(kept -> {
            metrics.refused(payloads.size());
            refused.forEach(verdicts::neverInTheTrail);
        });
    }
}
