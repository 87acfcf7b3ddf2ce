package dev.botgate.audit.journal;

import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries records from the journal to the database, in their order, one chunk at a time: half of one where the database did
 * not take it, which may be too slow for so many at once, and then twice as many each time that it does.
 *
 * <p>Used on the trail's context.
 */
final class JournalDrainer {
    private static final Logger log = LoggerFactory.getLogger(JournalDrainer.class);
    /** Nobody waits for these, so the commits may be large. */
    private static final int MOST_RECORDS = 1_000;

    private static final int MOST_BYTES = 8 << 20;

    private final AsyncJournal journal;
    private final CarefulWriter writer;
    private final RefusedRecords refusals;
    private final JournalMetrics metrics;
    private int mostRecords = MOST_RECORDS;

    JournalDrainer(AsyncJournal journal, CarefulWriter writer, RefusedRecords refusals, JournalMetrics metrics) {
        this.journal = journal;
        this.writer = writer;
        this.refusals = refusals;
        this.metrics = metrics;
    }

    /**
     * Carries the next chunk over.
     *
     * @return whether nothing lay behind it; fails when the database did not take it, and then it is still there
     */
    Future<Boolean> step() {
        return journal.read(mostRecords, MOST_BYTES)
                .compose(chunk -> chunk.map(this::carry).orElseGet(() -> Future.succeededFuture(true)));
    }

    private Future<Boolean> carry(JournalChunk chunk) {
        List<TrailRecord> records = new ArrayList<>();
        List<byte[]> unreadable = new ArrayList<>();
        for (byte[] payload : chunk.payloads()) {
            try {
                records.add(RecordCodec.decode(payload));
            } catch (IllegalArgumentException e) {
                log.atError().setCause(e).log("A record of the journal cannot be read");
                unreadable.add(payload);
            }
        }
        return (records.isEmpty() ? Future.succeededFuture(List.<TrailRecord>of()) : writer.write(records))
                .onFailure(cause -> mostRecords = Math.max(1, records.size() / 2))
                .compose(refused -> refusals.keep(refused, unreadable, chunk))
                .compose(kept -> journal.release(chunk))
                .map(released -> {
                    mostRecords = Math.min(MOST_RECORDS, 2 * mostRecords);
                    metrics.drained(records.size());
                    return chunk.last();
                });
    }
}
