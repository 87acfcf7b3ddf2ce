package dev.botgate.audit.access;

import dev.botgate.audit.AuditEntry;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/** The trail's read side. Nobody is asked who reads: see {@link AccessRecordingReader}. */
public interface AuditReader {
    /**
     * The entries that {@code query} asks for. Entries that come meanwhile do not move the pages that follow.
     *
     * @return fails with MALFORMED_REQUEST when the query's cursor is none of ours
     */
    Future<Page<AuditEntry>> search(EntryQuery query);

    /** The entry with this id, with its body; empty when there is none. */
    Future<Optional<AuditEntry>> entry(UUID id);

    /** The cursor of what follows the entry with this id in any search; empty when there is no such entry. */
    Future<Optional<String>> cursorAfter(UUID id);

    /** Who asked for what. */
    Future<Page<AccessRecord>> accesses(AccessQuery query);

    /** Lets go of what the reader holds. */
    Future<Void> close();
}
