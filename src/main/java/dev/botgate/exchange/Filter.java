package dev.botgate.exchange;

import io.vertx.core.Future;

/**
 * A phase around a service: receives a request as {@code R} and passes it on as {@code S}.
 *
 * <p>A filter may reply itself; {@code next} then does not get the request.
 */
@FunctionalInterface
public interface Filter<R, S> {
    /** Replies to {@code request}, itself or through {@code next}; neither throws nor blocks. */
    Future<Reply> apply(R request, Service<S> next);

    /** This filter, then {@code inner} inside it. */
    default <T> Filter<R, T> then(Filter<S, T> inner) {
        return (request, next) -> apply(request, between -> inner.apply(between, next));
    }

    /** This filter around {@code service}. */
    default Service<R> around(Service<S> service) {
        return request -> apply(request, service);
    }
}
