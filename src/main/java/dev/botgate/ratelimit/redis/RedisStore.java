package dev.botgate.ratelimit.redis;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.ratelimit.redis.UpstreamThrottles.ThrottleNotice;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts permits in Redis for all gateways that share it, by one script for each decision, with the server's clock.
 * While Redis is gone, {@link FallbackLimiter} decides.
 */
public final class RedisStore implements LimitStore {
    private static final long TOO_SLOW_RETRY = 1_000_000;

    private final RedisKeys keys;
    private final Ticker ticker;
    private final ThrottleSettings throttled;
    private final FleetConnection link;
    private final UpstreamThrottles throttles;
    private final FallbackLimiter fallback;
    private final Membership membership;
    private final String idPrefix;
    /** The last id of a reservation in Redis. Such ids are below 0; reservations in the share have the time as id. */
    private final AtomicLong lastId = new AtomicLong();

    private final List<Consumer<Cooldown>> cooldownListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> invalidationListeners = new CopyOnWriteArrayList<>();
    private final Counter errors;

    /**
     * A store that uses {@code link}, which is started later.
     *
     * @param gateway this gateway's id, unlike that of any other
     */
    public RedisStore(
            FleetConnection link, RateLimitSettings settings, String gateway, Ticker ticker, MeterRegistry registry) {
        this.ticker = ticker;
        this.throttled = settings.throttled();
        this.link = link;
        this.keys = new RedisKeys(link.settings().prefix());
        this.throttles = new UpstreamThrottles(link, keys, settings.throttled(), ticker);
        this.fallback = new FallbackLimiter(settings, link.settings(), throttles, ticker);
        this.membership = new Membership(
                link,
                keys,
                settings,
                gateway,
                fallback,
                throttles,
                ticker,
                this::onNotice,
                this::invalidateReservations);
        link.add(membership);
        this.idPrefix = Long.toString(ThreadLocalRandom.current().nextLong(1L << 31), 36) + ".";
        this.errors = Counter.builder("botgate.ratelimit.store.errors")
                .description("Commands that Redis did not answer in time, or answered with an error")
                .register(registry);
    }

    @Override
    public Future<Decision> decide(PermitRequest request) {
        Decision withoutRedis = membership.joined() ? null : fallback.decide(request);
        if (withoutRedis != null) {
            return Future.succeededFuture(withoutRedis);
        }
        if (link.slow()) {
            return Future.succeededFuture(withoutAnswer(request));
        }
        if (!fallback.settling() || fallback.withoutShare() || !request.limited()) {
            return askRedis(request, null);
        }
        Decision share = fallback.decideByShare(request.within(0));
        return share.admitted() ? askRedis(request.within(0), share) : Future.succeededFuture(untilSettled(share));
    }

    /** The refusal by a share, to be retried at the latest when the fleet has settled. */
    private Decision untilSettled(Decision refused) {
        long delay = Math.min(refused.delay(), Math.max(1, fallback.remainingSettleTime()));
        return new Decision(false, delay, refused.reservation(), refused.binding(), refused.quota(), refused.missed());
    }

    /** @param share the permit of this gateway's share, given back if Redis does not admit; null for none */
    private Future<Decision> askRedis(PermitRequest request, @Nullable Decision share) {
        long number = lastId.decrementAndGet();
        String epoch = membership.epoch();
        return link.run(
                        ScriptCodec.DECIDE,
                        ScriptCodec.decideKeys(keys, request),
                        ScriptCodec.decideArguments(request, id(number), fallback.withoutShare(), epoch),
                        late -> answeredLate(request, late, number))
                .onComplete(reply -> {
                    if (share != null && (reply.failed() || !ScriptCodec.admitted(reply.result()))) {
                        fallback.giveBack(request, share.reservation());
                    } else if (share != null) {
                        fallback.addShareReservation(number, share.reservation());
                    }
                })
                .map(reply -> decided(request, reply, number, epoch))
                .recover(cause -> failed(request));
    }

    /** Gives back the permit of an answer that came after the timeout. */
    private void answeredLate(PermitRequest request, Response reply, long number) {
        if (ScriptCodec.decision(reply, number).admitted()) {
            var unused = giveBack(request, number);
        }
    }

    private Decision decided(PermitRequest request, Response reply, long number, String epoch) {
        if (ScriptCodec.forgotten(reply)) {
            membership.dataLost(epoch);
            return withoutAnswer(request);
        }
        Decision decision = ScriptCodec.decision(reply, number);
        if (ScriptCodec.settling(reply) && !fallback.settling()) {
            fallback.settle();
            if (!fallback.withoutShare() && decision.admitted() && request.limited()) {
                Decision share = decision.delay() > 0
                        ? Decision.refused(decision.delay(), decision.binding())
                        : fallback.decideByShare(request.within(0));
                if (!share.admitted()) {
                    var unused = giveBack(request, number);
                    return untilSettled(share);
                }
                fallback.addShareReservation(number, share.reservation());
            }
        }
        return decision;
    }

    private Future<Decision> failed(PermitRequest request) {
        errors.increment();
        return Future.succeededFuture(withoutAnswer(request));
    }

    private Decision withoutAnswer(PermitRequest request) {
        Decision withoutRedis = membership.joined() && request.limited() ? null : fallback.decide(request);
        return withoutRedis == null ? Decision.refused(TOO_SLOW_RETRY, 0) : withoutRedis;
    }

    @Override
    public Future<Void> giveBack(PermitRequest request, long reservation) {
        fallback.giveBack(request, reservation);
        if (reservation >= 0 || !membership.joined()) {
            return Future.succeededFuture();
        }
        return link.run(
                        ScriptCodec.GIVE_BACK,
                        ScriptCodec.giveBackKeys(keys, request),
                        ScriptCodec.giveBackArguments(request, id(reservation)))
                .mapEmpty();
    }

    @Override
    public Future<Void> throttle(UpstreamThrottle throttle) {
        fallback.throttle(throttle);
        ThrottleNotice notice = throttles.notice(throttle);
        if (!membership.joined()) {
            throttles.sendLater(notice);
            onNotice(notice);
            return Future.succeededFuture();
        }
        return throttles.send(notice).onFailure(cause -> {
            errors.increment();
            onNotice(notice);
        });
    }

    @Override
    public Future<Void> reset(String key) {
        if (!membership.joined()) {
            return Future.failedFuture(new GatewayException(
                    Failure.GATEWAY_BUSY,
                    "Redis is gone; reset the scope when it is back",
                    link.settings().heartbeat()));
        }
        return link.run(
                        ScriptCodec.RESET,
                        ScriptCodec.scopeKeys(keys, key),
                        ScriptCodec.resetArguments(key, throttled, keys.cooldowns()))
                .mapEmpty();
    }

    @Override
    public void onCooldown(Consumer<Cooldown> listener) {
        cooldownListeners.add(listener);
    }

    @Override
    public void onReservationsInvalidated(Runnable listener) {
        invalidationListeners.add(listener);
    }

    @Override
    public Health health() {
        String state = !membership.joined() ? "gone" : fallback.settling() ? "settling" : "up";
        return new Health("redis", state, membership.gateways());
    }

    private String id(long number) {
        return idPrefix + Long.toString(-number, 36);
    }

    private void onNotice(String message) {
        onNotice(ScriptCodec.notice(message, ticker.micros()));
    }

    private void onNotice(ThrottleNotice notice) {
        Cooldown cooldown = notice.asCooldown();
        if (cooldown.wasReset()) {
            fallback.reset(cooldown.key());
        }
        throttles.add(notice);
        cooldownListeners.forEach(listener -> listener.accept(cooldown));
    }

    private void invalidateReservations() {
        invalidationListeners.forEach(Runnable::run);
    }
}
