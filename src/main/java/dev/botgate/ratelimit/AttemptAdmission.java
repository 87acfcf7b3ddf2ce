package dev.botgate.ratelimit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Takes a permit of its own for each attempt after the first, and lets the fleet hear what the upstream answers to every
 * one of them, also to those that are repeated.
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
            return next.serve(call).map(reply -> {
                limits.overhear(call.head(), call.caller(), reply);
                return reply;
            });
        }
        return limits.admit(call.head(), call.caller(), AS_LONG_AS_LIMITS_ALLOW)
                .compose(permit -> next.serve(call.with(permit)).map(reply -> {
                    permit.heard(reply);
                    return reply;
                }));
    }
}
