package dev.botgate.audit.journal;

import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.TrailStore.RefusedRecordException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes records to a store so that one that the store refuses does not keep the others out. */
final class CarefulWriter {
    private static final Logger log = LoggerFactory.getLogger(CarefulWriter.class);

    private final TrailStore store;

    CarefulWriter(TrailStore store) {
        this.store = store;
    }

    /**
     * Writes {@code records}, together, or, when one of them is refused, each half of them likewise.
     *
     * @return the records that are refused, also without their names; fails when they could not be written now
     */
    Future<List<TrailRecord>> write(List<TrailRecord> records) {
        return store.write(records)
                .map(List.<TrailRecord>of())
                .recover(cause -> cause instanceof RefusedRecordException refusal
                        ? (records.size() > 1 ? halves(records) : alone(records.get(0), refusal))
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

    private Future<List<TrailRecord>> alone(TrailRecord refused, RefusedRecordException refusal) {
        log.atError()
                .addKeyValue("kind", refused.getClass().getSimpleName())
                .addKeyValue("reason", refusal.getMessage())
                .log("The database refuses an entry of the trail");
        TrailRecord bare = refused.withoutNames();
        return (bare.equals(refused) ? Future.succeededFuture(List.of(bare)) : write(List.of(bare)))
                .map(stillRefused -> stillRefused.isEmpty() ? List.<TrailRecord>of() : List.of(refused));
    }
}
