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
 * This gateway's membership in the fleet that counts in one Redis: its heartbeat, and the change to {@link
 * FallbackLimiter} and back when Redis goes and returns.
 *
 * <p>While Redis is only slow, only heartbeats are sent, and reservations stay valid. Runs on the connection's event
 * loop.
 */
final class Membership implements FleetMember {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration MIN_LIFETIME = Duration.ofSeconds(3);
    private static final int HEARTBEATS_UNTIL_COUNTED = 2;

    private final FleetConnection connection;
    private final RedisKeys keys;
    private final RateLimitSettings settings;
    private final RedisSettings redis;
    private final String gateway;
    private final FallbackLimiter fallback;
    private final UpstreamThrottles throttles;
    private final Consumer<String> onNotice;
    private final Runnable invalidateReservations;
    private final Ticker ticker;
    private volatile String epoch = "";
    private volatile boolean leaving;
    private volatile boolean joined;
    private long joinedAt;
    /** When the last heartbeat that Redis answered was sent. */
    private long lastAnsweredAt;
    /** Whether the other gateways count this one when they compute their shares. */
    private boolean countedByOthers;

    private boolean epochChanged;

    /**
     * @param onNotice gets published notices, and on joining those of current cooldowns
     * @param invalidateReservations runs when Redis has gone or come back, which makes all reservations void
     */
    Membership(
            FleetConnection connection,
            RedisKeys keys,
            RateLimitSettings settings,
            String gateway,
            FallbackLimiter fallback,
            UpstreamThrottles throttles,
            Ticker ticker,
            Consumer<String> onNotice,
            Runnable invalidateReservations) {
        this.onNotice = onNotice;
        this.throttles = throttles;
        this.ticker = ticker;
        this.connection = connection;
        this.keys = keys;
        this.settings = settings;
        this.redis = connection.settings();
        this.gateway = gateway;
        this.fallback = fallback;
        this.invalidateReservations = invalidateReservations;
        fallback.begin(false);
    }

    @Override
    public List<String> channels() {
        return List.of(keys.cooldowns());
    }

    /** Loads the scripts. The first command fails with a redirect on a cluster node that holds other slots. */
    @Override
    public Future<Void> prepare(RedisConnection redisConnection) {
        return redisConnection
                .send(Request.cmd(Command.GET).arg(keys.clock()))
                .compose(ignored -> ScriptCodec.load(redisConnection));
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
        onNotice.accept(message);
    }

    private Future<Void> heartbeat(boolean leave) {
        Duration silence = redis.heartbeat().multipliedBy(3);
        Duration grace = silence.compareTo(settings.outageHold()) < 0 ? silence : settings.outageHold();
        boolean admittedWithoutRedis = fallback.hasAdmitted();
        long sentAt = ticker.micros();
        return connection
                .run(
                        ScriptCodec.HEARTBEAT,
                        List.of(keys.gateways(), keys.epoch(), keys.settle(), keys.cooldownEnds(), keys.clock()),
                        List.of(
                                gateway,
                                Long.toString(lifetime()),
                                epoch,
                                admittedWithoutRedis ? "1" : "0",
                                Long.toString(settleMicros()),
                                UUID.randomUUID().toString(),
                                leave ? "1" : "0",
                                Long.toString(Limit.micros(grace)),
                                joined ? "" : keys.throttle("")))
                .compose(reply -> !connection.connected()
                        ? Future.failedFuture("The connection to Redis was closed during the heartbeat")
                        : onReply(reply, admittedWithoutRedis, sentAt) ? Future.succeededFuture() : heartbeat(leave));
    }

    /** How long a gateway is counted after its heartbeat. */
    private long lifetime() {
        return Math.max(Limit.micros(MIN_LIFETIME), 3 * Limit.micros(redis.heartbeat()));
    }

    /** The time to settle: {@code outage-hold}, and that of a heartbeat, during which shares still admit. */
    private long settleMicros() {
        return settings.outageHold().isZero()
                ? 0
                : Limit.micros(settings.outageHold().plus(redis.commandTimeout()));
    }

    /** Applies the reply to a heartbeat; false if admissions without Redis still have to be reported. */
    private boolean onReply(Response reply, boolean admittedWithoutRedis, long sentAt) {
        String current = reply.get(1).toString();
        if (joined && !current.equals(epoch)) {
            dataLost(epoch);
        }
        long settleTime = ScriptCodec.number(reply, 2);
        boolean settlesLonger = joined
                && fallback.withoutShare()
                && settleTime > fallback.remainingSettleTime() + Limit.micros(redis.commandTimeout());
        epochChanged |= !current.equals(epoch);
        epoch = current;
        if (!fallback.end(admittedWithoutRedis, settleTime)) {
            return false;
        }
        fallback.gatewaysAlive((int) ScriptCodec.number(reply, 0));
        reply.get(3).forEach(closed -> onNotice.accept(closed.toString()));
        throttles.sendMissed(!joined && epochChanged);
        if (!joined) {
            joinedAt = ticker.micros();
            countedByOthers &=
                    joinedAt - lastAnsweredAt < (epochChanged ? Limit.micros(settings.outageHold()) : lifetime());
            joined = true;
        }
        epochChanged = false;
        lastAnsweredAt = sentAt;
        if (settlesLonger) {
            invalidateReservations.run();
        }
        return true;
    }

    /** Changes to deciding without Redis, unless this gateway does so already. */
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

    /**
     * Changes to deciding without Redis, which has lost its data since {@code knownEpoch}. Acts once for each epoch.
     */
    void dataLost(String knownEpoch) {
        if (joined && knownEpoch.equals(epoch)) {
            LOG.warn("Redis has lost its data; limits are kept without it until the fleet has settled");
            begin();
            invalidateReservations.run();
        }
    }

    /**
     * Begins to decide without Redis. The other gateways count this one once each has sent a heartbeat after it joined, and
     * still count it while it is away, until its entry in Redis has expired or the fleet has settled without it.
     */
    private void begin() {
        countedByOthers |= lastAnsweredAt - joinedAt >= Limit.micros(redis.heartbeat()) * HEARTBEATS_UNTIL_COUNTED;
        joined = false;
        fallback.begin(countedByOthers);
    }

    /** Whether Redis decides: it has answered a heartbeat since it was last gone. */
    boolean joined() {
        return joined;
    }

    /** The epoch of the data in Redis; it changes when Redis loses its data. */
    String epoch() {
        return epoch;
    }

    int gateways() {
        return fallback.gateways();
    }

    /** Leaves the fleet, so that the others get this gateway's share. */
    @Override
    public Future<Void> leave() {
        leaving = true;
        return heartbeat(true);
    }
}
