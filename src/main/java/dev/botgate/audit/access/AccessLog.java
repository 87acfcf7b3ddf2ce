package dev.botgate.audit.access;

import io.vertx.core.Future;

/** Where it is recorded who read the trail. */
public interface AccessLog {
    /**
     * Records {@code access}.
     *
     * @return succeeds once it is durable; fails with AUDIT_UNAVAILABLE when it could not be made so
     */
    Future<Void> record(AccessRecord access);

    /** Lets go of what the log holds. */
    Future<Void> close();
}
