package dev.botgate.audit.writer;

import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The database that keeps the trail. Used on the trail's event loop, one write at a time. */
public interface TrailStore {

    /** Opens a store. */
    interface Opening {
        /**
         * Opens a store on the current context.
         *
         * @param journal the identity of the journal that is drained into it; null without a journal
         * @param changed runs when {@link #problem} may have changed
         * @return with a journal, a store that is unreachable for now opens with a {@link #problem}; without one it fails
         */
        Future<TrailStore> open(@Nullable UUID journal, Runnable changed);
    }

    /** Why nothing can be written now; empty when a write may succeed. */
    Optional<String> problem();

    /**
     * Makes all of {@code records} durable in one transaction; an empty list probes the store. Records that are already in the
     * store stay unchanged, so a write whose result is unknown can be repeated.
     *
     * @return fails with {@link RefusedRecordException} when the store refuses one of the records; with {@link
     *     NotWrittenException} when certainly nothing was written; after any other failure the result is unknown
     */
    Future<Void> write(List<TrailRecord> records);

    Future<Void> close();

    /** The store refuses one of the records for good; the others may have been written. */
    final class RefusedRecordException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param sqlState the database's SQLSTATE; its message may quote the record */
        public RefusedRecordException(String sqlState) {
            super("SQLSTATE " + sqlState, null, false, false);
        }
    }

    /** Nothing was written, and a later try may succeed. */
    final class NotWrittenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotWrittenException(String reason) {
            super(reason, null, false, false);
        }
    }
}
