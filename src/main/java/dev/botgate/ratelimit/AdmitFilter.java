package dev.botgate.ratelimit;

import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reserves a permit of every limit that applies to a request, before its body is read. A request that fails before it is sent
 * gives them back.
 *
 * <p>{@code Prefer: wait=2} bounds how long the request waits for them (RFC 7240 section 4.3).
 */
public final class AdmitFilter implements Filter<Identified, Identified> {
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,6})\"?(?=$|[,;\\s])");

    private final RateLimits limits;

    public AdmitFilter(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Future<Reply> apply(Identified request, Service<Identified> next) {
        Waiter waiter = limits.enter(request.head(), request.caller(), maximumWait(request.head()));
        if (waiter.permit().succeeded()) {
            return serve(request, next, waiter.permit().result());
        }
        if (!waiter.permit().isComplete()) {
            request.body().whenGone(() -> limits.leave(waiter));
        }
        return waiter.permit().compose(permit -> {
            request.body().whenGone(() -> {});
            return serve(request, next, permit);
        });
    }

    private static Future<Reply> serve(Identified request, Service<Identified> next, ReservedPermit permit) {
        return next.serve(request.with(permit))
                .compose(reply -> Future.succeededFuture(permit.withQuota(reply)), cause -> {
                    permit.giveBackUnused();
                    return Future.failedFuture(
                            cause instanceof GatewayException failure ? withQuota(failure, permit) : cause);
                });
    }

    private static GatewayException withQuota(GatewayException failure, ReservedPermit permit) {
        return failure.headers().containsKey(QuotaHeaders.QUOTA) ? failure : failure.with(permit.quota());
    }

    static Duration maximumWait(RequestHead head) {
        if (!head.headers().contains(HeaderNames.PREFER)) {
            return RateLimits.UNBOUNDED;
        }
        String prefer = String.join(",", head.headers().getAll(HeaderNames.PREFER));
        Matcher matcher = WAIT.matcher(prefer);
        return matcher.find() ? Duration.ofSeconds(Long.parseLong(matcher.group(1))) : RateLimits.UNBOUNDED;
    }
}
