package dev.botgate.audit.access;

import io.vertx.core.Future;

/** Where access to the trail is recorded. */
public interface AccessLog {
    /** @return succeeds once the record is durable; fails with AUDIT_UNAVAILABLE otherwise */
    Future<Void> record(AccessRecord access);

    Future<Void> close();
}
