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
 * Lets a request go on when it has a permit of every limit that applies; before its body is read. What fails before anything
 * was sent gives its permits back.
 *
 * <p>A client can say how long it is ready to wait: {@code Prefer: wait=2}, RFC 7240 section 4.3.
 */
public final class Admission implements Filter<Identified, Identified> {
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,6})\"?(?=$|[,;\\s])");
    private static final Duration FOREVER = Duration.ofDays(365);

    private final RateLimits limits;

    public Admission(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public Future<Reply> apply(Identified request, Service<Identified> next) {
        PendingPermit entry = limits.enter(request.head(), request.caller(), atMost(request.head()));
        if (entry.permit().succeeded()) {
            return go(request, next, entry.permit().result());
        }
        if (!entry.permit().isComplete()) {
            request.body().whenGone(entry::leave);
        }
        return entry.permit().compose(permit -> {
            request.body().whenGone(() -> {});
            return go(request, next, permit);
        });
    }

    private static Future<Reply> go(Identified request, Service<Identified> next, Permit permit) {
        return next.serve(request.with(permit)).compose(reply -> Future.succeededFuture(permit.tell(reply)), cause -> {
            permit.ended();
            return Future.failedFuture(cause instanceof GatewayException failure ? told(failure, permit) : cause);
        });
    }

    /** What the gateway answers to an admitted request tells of its quota too, unless it does so already. */
    private static GatewayException told(GatewayException failure, Permit permit) {
        return failure.headers().containsKey(QuotaHeaders.QUOTA) ? failure : failure.with(permit.quota());
    }

    static Duration atMost(RequestHead head) {
        if (!head.headers().contains(HeaderNames.PREFER)) {
            return FOREVER;
        }
        String prefer = String.join(",", head.headers().getAll(HeaderNames.PREFER));
        Matcher matcher = WAIT.matcher(prefer);
        return matcher.find() ? Duration.ofSeconds(Long.parseLong(matcher.group(1))) : FOREVER;
    }
}
