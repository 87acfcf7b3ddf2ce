package dev.botgate.audit.writer;

import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.writer.TrailStore.RefusedRecordException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches to a store, and halves a refused batch until the refused record is isolated, so that all other records are
 * written. In a batch of a thousand records that takes about twenty writes.
 */
final class BatchBisection {
    private static final Logger log = LoggerFactory.getLogger(BatchBisection.class);

    private final TrailStore store;
    private final WriterMetrics metrics;

    BatchBisection(TrailStore store, WriterMetrics metrics) {
        this.store = store;
        this.metrics = metrics;
    }

    /**
     * Writes {@code records}.
     *
     * @return the records that are refused even {@linkplain TrailRecord#withoutNames without names}; fails when the others could
     *     not be written
     */
    Future<List<TrailRecord>> write(List<TrailRecord> records) {
        long started = System.nanoTime();
        return store.write(records)
                .map(written -> {
                    metrics.committed(records.size(), System.nanoTime() - started);
                    return List.<TrailRecord>of();
                })
                .recover(cause -> cause instanceof RefusedRecordException refusal
                        ? (records.size() > 1 ? halves(records) : isolated(records.get(0), refusal))
                        : Future.failedFuture(cause));
    }

    private Future<List<TrailRecord>> halves(List<TrailRecord> records) {
        int middle = records.size() / 2;
        return write(records.subList(0, middle)).compose(refusedFirst -> write(records.subList(middle, records.size()))
                .map(refusedLater -> {
                    List<TrailRecord> refused = new ArrayList<>(refusedFirst);
                    refused.addAll(refusedLater);
                    return refused;
                }));
    }

    private Future<List<TrailRecord>> isolated(TrailRecord refused, RefusedRecordException refusal) {
        log.atError()
                .addKeyValue("kind", refused.getClass().getSimpleName())
                .addKeyValue("reason", refusal.getMessage())
                .log("The database refuses a record of the trail");
        TrailRecord bare = refused.withoutNames();
        return bare.equals(refused)
                ? Future.succeededFuture(List.of(refused))
                : write(List.of(bare)).map(stillRefused -> stillRefused.isEmpty() ? stillRefused : List.of(refused));
    }
}
