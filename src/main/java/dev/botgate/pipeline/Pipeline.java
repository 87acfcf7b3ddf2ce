package dev.botgate.pipeline;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Service;

/** The phases of a request, from its parsed head to the connector and back. */
public final class Pipeline {
    private Pipeline() {}

    /**
     * Puts each phase around the next one. The phases after {@code retry} run once for each attempt.
     *
     * <p>If a phase fails by a bug after the connector has replied, the client still gets the reply, see {@link
     * ReplyKeeper}.
     *
     * @param negotiate converts replies to XML where the client prefers it; errors too
     * @param answerFailures turns failures into HTTP
     * @param answerMethods answers OPTIONS, and refuses methods that are not forwarded
     * @param refuseUnknownRoutes refuses unknown routes if the settings say so
     * @param identify identifies the caller
     * @param cache answers from stored member lists
     * @param admit reserves a permit of each rate limit, before the body is read
     * @param normalize reads the body and converts it to JSON
     * @param translateServiceUrls replaces the gateway's URLs by the connectors' in requests, and back in replies
     * @param audit records the intent before anything is sent, and the outcome after
     * @param invalidate drops cached member lists after a change of members
     * @param retry retries failed attempts if that may help and cannot do harm
     * @param admitAgain replaces an expired or closed permit, and takes one for each further attempt
     * @param forward sends one attempt to the connector
     */
    public static Service<Arrival> of(
            Filter<Arrival, Arrival> negotiate,
            Filter<Arrival, Arrival> answerFailures,
            Filter<Arrival, Arrival> answerMethods,
            Filter<Arrival, Arrival> refuseUnknownRoutes,
            Filter<Arrival, Identified> identify,
            Filter<Identified, Identified> cache,
            Filter<Identified, Identified> admit,
            Filter<Identified, Call> normalize,
            Filter<Call, Call> translateServiceUrls,
            Filter<Call, Call> audit,
            Filter<Call, Call> invalidate,
            Filter<Call, Call> retry,
            Filter<Call, Call> admitAgain,
            Service<Call> forward) {
        return new ReplyKeeper<>(negotiate)
                .then(answerFailures)
                .then(new ReplyKeeper<>(answerMethods
                        .then(refuseUnknownRoutes)
                        .then(identify)
                        .then(cache)
                        .then(admit)
                        .then(normalize)
                        .then(translateServiceUrls)
                        .then(audit)
                        .then(invalidate)
                        .then(retry)
                        .then(admitAgain)))
                .around(forward);
    }
}
