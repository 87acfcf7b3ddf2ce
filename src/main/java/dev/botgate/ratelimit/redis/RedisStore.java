package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.Cooldown;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.UpstreamThrottle;
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
 * Counts permits in Redis, for all gateways that share it: one script a decision, by the server's clock.
 *
 * <p>While Redis is gone, {@link FallbackLimiter} decides.
 */
public final class RedisStore implements LimitStore {
    private static final long TOO_SLOW_RETRY = 1_000_000;

    private final RedisKeys keys;
    private final Ticker ticker;
    private final FleetConnection link;
    private final UpstreamThrottles words;
    private final PendingResets openings;
    private final FallbackLimiter solo;
    private final Membership membership;
    private final String idPrefix;
    /** What Redis gives is reserved by numbers below zero, what this gateway's share gives by its moment. */
    private final AtomicLong lastId = new AtomicLong();

    private final List<Consumer<Cooldown>> closureListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> upheavalListeners = new CopyOnWriteArrayList<>();
    private final Counter errors;

    /**
     * A store that uses {@code link}, which is started later.
     *
     * @param gateway this gateway's id, unlike that of any other
     */
    public RedisStore(
            FleetConnection link, RateLimitSettings settings, String gateway, Ticker ticker, MeterRegistry registry) {
        this.ticker = ticker;
        this.link = link;
        this.keys = new RedisKeys(link.settings().prefix());
        this.words = new UpstreamThrottles(link, keys, settings.throttled(), ticker);
        this.solo = new FallbackLimiter(settings, link.settings(), words, ticker);
        this.openings = new PendingResets(link, keys, settings.throttled(), ticker);
        this.membership = new Membership(
                link, keys, settings, gateway, solo, words, openings, ticker, this::heard, this::upheaval);
        link.add(membership);
        this.idPrefix = Long.toString(ThreadLocalRandom.current().nextLong(1L << 31), 36) + ".";
        this.errors = Counter.builder("botgate.ratelimit.store.errors")
                .description("Commands that Redis did not answer, or answered with an error")
                .register(registry);
    }

    @Override
    public Future<Decision> decide(PermitRequest ask) {
        Decision alone = membership.joined() ? null : solo.decide(ask);
        if (alone != null) {
            return Future.succeededFuture(alone);
        }
        if (link.slow()) {
            return Future.succeededFuture(withoutAnswer(ask));
        }
        if (!solo.settling() || solo.newcomer() || !ask.limited()) {
            return askRedis(ask, null);
        }
        Decision share = solo.ofShare(ask.within(0));
        return share.admitted() ? askRedis(ask.within(0), share) : Future.succeededFuture(untilSettled(share));
    }

    /** Once the fleet has settled there may be room, however small a gateway's share is. */
    private Decision untilSettled(Decision refused) {
        long delay = Math.min(refused.delay(), Math.max(1, solo.settlesFor()));
        return new Decision(false, delay, refused.reservation(), refused.binding(), refused.quota(), refused.missed());
    }

    /** @param share what was taken of this gateway's share, and is given back where Redis does not admit; null for nothing */
    private Future<Decision> askRedis(PermitRequest ask, @Nullable Decision share) {
        long number = lastId.decrementAndGet();
        String epoch = membership.epoch();
        return link.run(
                        Scripts.DECIDE,
                        ScriptCodec.decideKeys(keys, ask),
                        ScriptCodec.decideArguments(ask, id(number), solo.newcomer(), epoch),
                        late -> answeredLate(ask, late, number))
                .onComplete(reply -> {
                    if (share != null && (reply.failed() || !ScriptCodec.admitted(reply.result()))) {
                        solo.giveBack(ask, share.reservation());
                    } else if (share != null) {
                        solo.tookOfBoth(number, share.reservation());
                    }
                })
                .map(reply -> decided(ask, reply, number, epoch))
                .recover(cause -> failed(ask));
    }

    /** Nobody waits for this answer any more; what it gave must not be lost. */
    private void answeredLate(PermitRequest ask, Response reply, long number) {
        if (ScriptCodec.decision(reply, number).admitted()) {
            var unused = giveBack(ask, number);
        }
    }

    private Decision decided(PermitRequest ask, Response reply, long number, String epoch) {
        if (ScriptCodec.forgotten(reply)) {
            membership.forgotten(epoch);
            return withoutAnswer(ask);
        }
        Decision decision = ScriptCodec.decision(reply, number);
        if (ScriptCodec.settling(reply) && !solo.settling()) {
            solo.settle();
            if (!solo.newcomer() && decision.admitted() && ask.limited()) {
                Decision share = decision.delay() > 0
                        ? Decision.refused(decision.delay(), decision.binding())
                        : solo.ofShare(ask.within(0));
                if (!share.admitted()) {
                    var unused = giveBack(ask, number);
                    return untilSettled(share);
                }
                solo.tookOfBoth(number, share.reservation());
            }
        }
        return decision;
    }

    private Future<Decision> failed(PermitRequest ask) {
        errors.increment();
        return Future.succeededFuture(withoutAnswer(ask));
    }

    private Decision withoutAnswer(PermitRequest ask) {
        Decision alone = membership.joined() && ask.limited() ? null : solo.decide(ask);
        return alone == null ? Decision.refused(TOO_SLOW_RETRY, 0) : alone;
    }

    @Override
    public Future<Void> giveBack(PermitRequest ask, long reservation) {
        solo.giveBack(ask, reservation);
        if (reservation >= 0 || !membership.joined()) {
            return Future.succeededFuture();
        }
        return link.run(
                        Scripts.GIVE_BACK,
                        ScriptCodec.giveBackKeys(keys, ask),
                        ScriptCodec.giveBackArguments(ask, id(reservation)))
                .mapEmpty();
    }

    @Override
    public Future<Void> throttle(UpstreamThrottle throttle) {
        solo.throttle(throttle);
        ThrottleNotice word = words.word(throttle);
        if (!membership.joined()) {
            words.tellLater(word);
            heard(word);
            return Future.succeededFuture();
        }
        return words.tell(word).onFailure(cause -> {
            errors.increment();
            heard(word);
        });
    }

    @Override
    public Future<Void> reset(String key) {
        if (membership.joined()) {
            return openings.tell(key);
        }
        openings.tellLater(key);
        heard(ThrottleNotice.opening(key, ticker.micros()));
        return membership.joined() ? openings.tellAll() : Future.succeededFuture();
    }

    @Override
    public void onClosure(Consumer<Cooldown> listener) {
        closureListeners.add(listener);
    }

    @Override
    public void onUpheaval(Runnable listener) {
        upheavalListeners.add(listener);
    }

    @Override
    public Health health() {
        String state = !membership.joined() ? "gone" : solo.settling() ? "settling" : "up";
        return new Health("redis", state, membership.gateways());
    }

    private String id(long number) {
        return idPrefix + Long.toString(-number, 36);
    }

    private void heard(String message) {
        heard(ScriptCodec.word(message, ticker.micros()));
    }

    private void heard(ThrottleNotice word) {
        Cooldown closure = word.closure();
        if (closure.opened()) {
            solo.reset(closure.key());
        }
        words.heard(word);
        closureListeners.forEach(listener -> listener.accept(closure));
    }

    private void upheaval() {
        upheavalListeners.forEach(Runnable::run);
    }
}
