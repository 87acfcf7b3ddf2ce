package dev.botgate.ratelimit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Takes a permit of its own for each attempt after the first, gives back that of an attempt of which nothing was sent, and
 * lets the fleet hear what the upstream answers to every one of them, also to those that are repeated.
 */
public final class AttemptAdmission implements Filter<Call, Call> {
    private static final Duration AS_LONG_AS_LIMITS_ALLOW = Duration.ofDays(365);

    private final RateLimits limits;

    public AttemptAdmission(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        if (call.attempt() == 1) {
            return served(call, next).map(reply -> {
                limits.overhear(call.head(), call.caller(), reply);
                return reply;
            });
        }
        return limits.admit(call.head(), call.caller(), AS_LONG_AS_LIMITS_ALLOW)
                .compose(permit -> served(call.with(permit), next).map(reply -> {
                    permit.heard(reply);
                    return reply;
                }));
    }

    private static Future<Reply> served(Call call, Service<Call> next) {
        return next.serve(call).onFailure(cause -> call.clearance().ended());
    }
}
