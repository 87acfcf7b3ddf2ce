package dev.botgate.ratelimit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;

/**
 * Checks the permit of an attempt right before it is sent. A valid permit is used at its time. A permit that has
 * expired, or whose scope has entered a cooldown, is given back and replaced. Each attempt after the first takes a
 * permit of its own. An attempt of which nothing was sent gives its permit back. A 429 or 412 of the connector begins a
 * cooldown.
 */
public final class AdmitAgainFilter implements Filter<Call, Call> {
    private final RateLimits limits;

    public AdmitAgainFilter(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        if (call.attempt() > 1) {
            return limits.admit(call.head(), call.caller(), RateLimits.UNBOUNDED)
                    .compose(permit -> serve(call, next, permit));
        }
        return call.permit() instanceof ReservedPermit permit ? serve(call, next, permit) : next.serve(call);
    }

    private Future<Reply> serve(Call call, Service<Call> next, ReservedPermit permit) {
        return limits.renewed(permit).compose(valid -> {
            permit.use();
            return next.serve(call)
                    .onSuccess(reply -> limits.onReply(permit.request(), reply))
                    .onFailure(cause -> {
                        if (cause instanceof GatewayException failure && failure.nothingSent()) {
                            permit.giveBack();
                        }
                    });
        });
    }
}
