package dev.botgate.exchange;

import io.vertx.core.Future;

/**
 * One concern around a service: takes a request that has come as far as {@code R}, and hands it on as an {@code S}.
 *
 * <p>A filter may answer itself, and then {@code next} never hears of the request.
 */
@FunctionalInterface
public interface Filter<R, S> {
    /** Answers {@code request}, with the help of {@code next} or without; neither throws nor blocks. */
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
