package dev.botgate.audit;

import io.vertx.core.Future;

/** The trail's read side. */
public interface AuditReader {

    /**
     * The entries that {@code query} asks for, newest first. Entries that come meanwhile do not move the pages that
     * follow.
     *
     * @return fails with MALFORMED_REQUEST when the query's cursor is none of ours
     */
    Future<Page> search(EntryQuery query);

    /** Lets go of what the reader holds. */
    Future<Void> close();
}
