package dev.botgate.exchange;

import io.vertx.core.Future;

/**
 * Replies to a request of type {@code R}.
 *
 * <p>Source: Eriksen, "Your Server as a Function" (2013).
 */
@FunctionalInterface
public interface Service<R> {
    /** The future completes on the request's event loop, and this method neither throws nor blocks. */
    Future<Reply> serve(R request);
}
