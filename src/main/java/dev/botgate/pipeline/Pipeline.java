package dev.botgate.pipeline;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.ReplyKeeper;
import dev.botgate.exchange.Service;

/** The way of a request, from its head to the connector. */
public final class Pipeline {
    private Pipeline() {}

    /**
     * Each phase around the next; the order is the design. What stands after {@code retry} happens for each attempt. What a
     * phase fails at once the connector has answered does not cost the client the reply.
     */
    public static Service<Arrival> of(
            Filter<Arrival, Arrival> refuseUnknownRoutes,
            Filter<Arrival, Identified> identify,
            Filter<Identified, Identified> cache,
            Filter<Identified, Identified> admit,
            Filter<Identified, Call> normalize,
            Filter<Call, Call> translateServiceUrls,
            Filter<Call, Call> audit,
            Filter<Call, Call> noticeChanges,
            Filter<Call, Call> retry,
            Filter<Call, Call> admitAttempt,
            Service<Call> forward) {
        Filter<Arrival, Call> phases = refuseUnknownRoutes
                .then(identify)
                .then(cache)
                .then(admit)
                .then(normalize)
                .then(translateServiceUrls)
                .then(audit)
                .then(noticeChanges)
                .then(retry)
                .then(admitAttempt);
        return new ReplyKeeper<>(phases, Arrival::head).around(forward);
    }
}
