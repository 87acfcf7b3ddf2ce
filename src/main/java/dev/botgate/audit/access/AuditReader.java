package dev.botgate.audit.access;

import dev.botgate.audit.AuditEntry;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/** Reads the trail. Access is not recorded here: see {@link AccessRecordingReader}. */
public interface AuditReader {
    /**
     * The entries that {@code query} asks for. Entries that are recorded meanwhile do not shift the pages that follow.
     *
     * @return fails with MALFORMED_REQUEST when the query's cursor is not one that a page had
     */
    Future<Page<AuditEntry>> search(EntryQuery query);

    /** The entry with this id, with its body; empty when there is none. */
    Future<Optional<AuditEntry>> entry(UUID id);

    /** The cursor of the page after the entry with this id, in any search; empty when there is no such entry. */
    Future<Optional<String>> cursorAfter(UUID id);

    /** Records of access. */
    Future<Page<AccessRecord>> accessRecords(AccessQuery query);

    Future<Void> close();
}
