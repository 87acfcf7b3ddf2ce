package dev.botgate.exchange;

import io.vertx.core.Future;

/**
 * Something that answers a request that has come as far as {@code R}.
 *
 * <p>Source of the idea: Eriksen, "Your Server as a Function" (2013).
 */
@FunctionalInterface
public interface Service<R> {
    /** Answers; the future completes on the request's event loop, and this method neither throws nor blocks. */
    Future<Reply> serve(R request);
}
