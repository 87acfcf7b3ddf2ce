package dev.botgate.audit.journal;

import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;

/** The database behind a journal. Used on the trail's context, one write at a time. */
public interface TrailStore {

    /** Opens a store. */
    interface Opening {
        /**
         * Opens a store on the current context. One that is away for now is not usable yet; that it never will be is a
         * failure.
         *
         * @param journal the journal that is drained into it
         * @param ready runs when a write may be worth a try after none was, and when none is any more
         */
        Future<TrailStore> open(UUID journal, Runnable ready);
    }

    /** Whether a write is worth a try now. */
    boolean usable();

    /**
     * Makes all of {@code records} durable, in one transaction. What is there already stays as it is, so that records may
     * be written again when nobody knows what became of them.
     *
     * @return fails with {@link RefusedRecordException} when the database refuses one of the records itself, and none
     *     were written; otherwise when they could not be written now, or nobody knows
     */
    Future<Void> write(List<TrailRecord> records);

    Future<Void> close();

    /** The database refuses one of the records itself; nothing that is tried again would change its mind. */
    final class RefusedRecordException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param state the database's SQLSTATE; its own words may quote the record */
        public RefusedRecordException(String state) {
            super("SQLSTATE " + state, null, false, false);
        }
    }
}
