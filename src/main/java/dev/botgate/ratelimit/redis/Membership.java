package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.FleetMember;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway among those that count in the same Redis: its heartbeat, and what it does when Redis is gone and when it is
 * back.
 *
 * <p>While Redis is only slow, nothing is asked but heartbeats, reservations stay valid, and the first answer ends it.
 * When it is gone, others' admissions are unknown, and shares begin with a long pause. Runs on the connection's event loop.
 */
final class Membership implements FleetMember {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration MIN_LIFETIME = Duration.ofSeconds(3);
    private static final int BEATS_UNTIL_KNOWN = 2;

    private final FleetConnection link;
    private final RedisKeys keys;
    private final RateLimitSettings settings;
    private final RedisSettings redis;
    private final String gateway;
    private final FallbackLimiter fallback;
    private final UpstreamThrottles throttles;
    private final Consumer<String> heard;
    private final Runnable invalidateReservations;
    private final Ticker ticker;
    private volatile String epoch = "";
    private volatile boolean leaving;
    private volatile boolean joined;
    private long joinedAt;
    /** When the last heartbeat was sent that Redis answered: it was there then. */
    private long thereAt;
    /** Whether the others reckon with this gateway, whatever becomes of Redis. */
    private boolean counted;

    private boolean otherEpoch;

    /**
     * @param heard told on joining what is closed, as if it were published then
     * @param invalidateReservations told when Redis went or came back, and what was promised until then is void
     */
    Membership(
            FleetConnection link,
            RedisKeys keys,
            RateLimitSettings settings,
            String gateway,
            FallbackLimiter fallback,
            UpstreamThrottles throttles,
            Ticker ticker,
            Consumer<String> heard,
            Runnable invalidateReservations) {
        this.heard = heard;
        this.throttles = throttles;
        this.ticker = ticker;
        this.link = link;
        this.keys = keys;
        this.settings = settings;
        this.redis = link.settings();
        this.gateway = gateway;
        this.fallback = fallback;
        this.invalidateReservations = invalidateReservations;
        fallback.begin(false);
    }

    @Override
    public List<String> channels() {
        return List.of(keys.cooldowns());
    }

    /** Makes a cluster's node that has other slots say so, and loads the scripts. */
    @Override
    public Future<Void> prepare(RedisConnection connection) {
        return connection
                .send(Request.cmd(Command.GET).arg(keys.clock()))
                .compose(here -> ScriptCodec.load(connection));
    }

    @Override
    public Future<Void> heartbeat() {
        return joined ? heartbeat(false) : join();
    }

    private Future<Void> join() {
        return heartbeat(false).onSuccess(joined -> {
            LOG.atInfo().addKeyValue("gateways", fallback.gateways()).log("Limits are counted in Redis");
            invalidateReservations.run();
        });
    }

    @Override
    public void received(String channel, String message) {
        heard.accept(message);
    }

    private Future<Void> heartbeat(boolean leave) {
        Duration silence = redis.heartbeat().multipliedBy(3);
        Duration grace = silence.compareTo(settings.outageHold()) < 0 ? silence : settings.outageHold();
        boolean value = fallback.hasAdmitted();
        long sentAt = ticker.micros();
        return link.run(
                        ScriptCodec.HEARTBEAT,
                        List.of(keys.gateways(), keys.epoch(), keys.settle(), keys.cooldownEnds(), keys.clock()),
                        List.of(
                                gateway,
                                Long.toString(life()),
                                epoch,
                                value ? "1" : "0",
                                Long.toString(settleMicros()),
                                UUID.randomUUID().toString(),
                                leave ? "1" : "0",
                                Long.toString(Limit.micros(grace)),
                                joined ? "" : keys.throttle("")))
                .compose(reply -> !link.connected()
                        ? Future.failedFuture("The connection to Redis went meanwhile")
                        : beaten(reply, value, sentAt) ? Future.succeededFuture() : heartbeat(leave));
    }

    /** How long a gateway is counted after its heartbeat. */
    private long life() {
        return Math.max(Limit.micros(MIN_LIFETIME), 3 * Limit.micros(redis.heartbeat()));
    }

    /** A share that answers while the heartbeat is under way is not older than the answer, which takes no longer than that. */
    private long settleMicros() {
        return settings.outageHold().isZero()
                ? 0
                : Limit.micros(settings.outageHold().plus(redis.commandTimeout()));
    }

    /** Whether Redis knows all there is to know. */
    private boolean beaten(Response reply, boolean value, long sentAt) {
        String present = reply.get(1).toString();
        if (joined && !present.equals(epoch)) {
            forgotten(epoch);
        }
        long settles = ScriptCodec.number(reply, 2);
        boolean longer =
                joined && fallback.newcomer() && settles > fallback.settlesFor() + Limit.micros(redis.commandTimeout());
        otherEpoch |= !present.equals(epoch);
        epoch = present;
        if (!fallback.end(value, settles)) {
            return false;
        }
        fallback.alive((int) ScriptCodec.number(reply, 0));
        reply.get(3).forEach(closed -> heard.accept(closed.toString()));
        throttles.tellMissed(!joined && otherEpoch);
        if (!joined) {
            joinedAt = ticker.micros();
            counted &= joinedAt - thereAt < (otherEpoch ? Limit.micros(settings.outageHold()) : life());
            joined = true;
        }
        otherEpoch = false;
        thereAt = sentAt;
        if (longer) {
            invalidateReservations.run();
        }
        return true;
    }

    /** If Redis was not joined, nothing changes: what is given without it goes on. */
    @Override
    public void disconnected() {
        if (!joined) {
            return;
        }
        if (!leaving) {
            LOG.atWarn()
                    .addKeyValue("policy", settings.storeOutage())
                    .addKeyValue("gateways", fallback.gateways())
                    .log("Redis is gone; limits are kept without it");
        }
        begin();
        invalidateReservations.run();
    }

    /** Redis has forgotten everything since {@code known}, and knows nothing of what it admitted; once for each epoch. */
    void forgotten(String known) {
        if (joined && known.equals(epoch)) {
            LOG.warn("Redis has forgotten what was admitted; limits are kept without it until the fleet has settled");
            begin();
            invalidateReservations.run();
        }
    }

    /**
     * What was promised is void: this gateway is alone, or was only just counted by the others. They count it when each has
     * had the time to ask Redis since it joined, and go on doing so while it is away, until it is no longer among those
     * that Redis knows, or has settled with, having forgotten them.
     */
    private void begin() {
        counted |= thereAt - joinedAt >= Limit.micros(redis.heartbeat()) * BEATS_UNTIL_KNOWN;
        joined = false;
        fallback.begin(counted);
    }

    /** Whether Redis decides: it is there, and knows whether the fleet has to settle. */
    boolean joined() {
        return joined;
    }

    /** What Redis knew last; the name changes when Redis forgets. */
    String epoch() {
        return epoch;
    }

    int gateways() {
        return fallback.gateways();
    }

    /** Tells the others that this gateway's share is theirs. */
    @Override
    public Future<Void> leave() {
        leaving = true;
        return heartbeat(true);
    }
}
