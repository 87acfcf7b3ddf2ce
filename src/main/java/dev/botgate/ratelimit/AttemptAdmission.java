package dev.botgate.ratelimit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Looks after the permits of attempts. Each attempt after the first takes a permit of its own. An attempt of which nothing
 * was sent gives its permit back. The fleet hears what the upstream answers to each attempt.
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
