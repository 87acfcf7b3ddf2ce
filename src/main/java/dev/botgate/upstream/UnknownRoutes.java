package dev.botgate.upstream;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import dev.botgate.upstream.UpstreamSettings.UnknownRoutePolicy;
import io.vertx.core.Future;

/** Refuses requests on unknown routes if the settings say so, before the caller is identified. */
public final class UnknownRoutes implements Filter<Arrival, Arrival> {
    private final boolean refuse;

    public UnknownRoutes(UnknownRoutePolicy policy) {
        this.refuse = policy == UnknownRoutePolicy.REFUSE;
    }

    @Override
    public Future<Reply> apply(Arrival arrival, Service<Arrival> next) {
        return refuse && !arrival.head().route().known()
                ? Future.failedFuture(new GatewayException(
                        Failure.UNKNOWN_ROUTE,
                        "The route is unknown (expected: method and path of an operation under " + Operation.BASE_PATH
                                + ")"))
                : next.serve(arrival);
    }
}
