package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.RedisSettings;
import dev.botgate.ratelimit.Ticker;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway's place in the fleet: its heartbeat, and what it does when Redis goes and comes back.
 *
 * <p>Redis is gone when the connection breaks, or when nothing was answered for as long as {@value #PATIENCE} commands may
 * take: then others' admissions are unknown, and shares cost a long silence. While it is slow only, nothing is asked but
 * heartbeats, what was promised stays promised, and the first answer ends it. The connection that listens may be dead and
 * never break: each heartbeat is heard there too, and after {@value #MOST_UNHEARD} that were only answered both connections
 * are given up. The heartbeat runs on the link's event loop.
 */
final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final int PATIENCE = 10;
    private static final Duration LEAST_LIFE = Duration.ofSeconds(3);
    private static final int BEATS_UNTIL_KNOWN = 2;
    private static final int MOST_UNHEARD = 3;
    private static final long NEVER = Long.MIN_VALUE;

    private final FleetConnection link;
    private final RedisKeys keys;
    private final RedisSettings settings;
    private final String gateway;
    private final FallbackLimiter solo;
    private final UpstreamThrottles words;
    private final PendingResets openings;
    private final Consumer<String> heard;
    private final Runnable upheaval;
    private final Ticker ticker;
    private final AtomicLong silentSince = new AtomicLong(NEVER);
    private volatile String epoch = "";
    private volatile boolean leaving;
    private volatile boolean joined;
    private long joinedAt;
    /** When the last heartbeat was sent that Redis answered: it was there then. */
    private long thereAt;
    /** Whether the others reckon with this gateway, whatever becomes of Redis. */
    private boolean counted;

    private boolean otherEpoch;
    private int unheard;

    /**
     * @param heard told on joining what is closed, as if it were published then
     * @param upheaval told when Redis went or came back, and what was promised until then is void
     */
    Membership(
            FleetConnection link,
            RedisKeys keys,
            RedisSettings settings,
            String gateway,
            FallbackLimiter solo,
            UpstreamThrottles words,
            PendingResets openings,
            Ticker ticker,
            Consumer<String> heard,
            Runnable upheaval) {
        this.heard = heard;
        this.words = words;
        this.openings = openings;
        this.ticker = ticker;
        this.link = link;
        this.keys = keys;
        this.settings = settings;
        this.gateway = gateway;
        this.solo = solo;
        this.upheaval = upheaval;
    }

    Future<Void> start() {
        return join().recover(cause -> {
                    LOG.atWarn()
                            .addKeyValue("whenGone", settings.whenGone())
                            .setCause(cause)
                            .log("Redis cannot be reached; limits are kept without it");
                    solo.begin(false);
                    return Future.succeededFuture();
                })
                .onComplete(joined -> link.context().runOnContext(now -> next()));
    }

    private void next() {
        var unused = link.vertx().setTimer(Math.max(1, settings.heartbeat().toMillis()), id -> {
            if (!leaving) {
                giveUpIfDeaf();
                Future<Void> beat = joined ? beat() : rejoin();
                beat.onComplete(done -> next());
            }
        });
    }

    /** What is published on the closing of scopes would go unheard, too. */
    private void giveUpIfDeaf() {
        if (joined && unheard >= MOST_UNHEARD) {
            LOG.atWarn().log("Redis does not tell what is published");
            link.drop();
        }
    }

    /** A heartbeat was heard where closures are. */
    void echoed() {
        unheard = 0;
    }

    private Future<Void> join() {
        return (link.up() ? Future.<Void>succeededFuture() : link.connect())
                .compose(connected -> openings.tellAll().onFailure(this::failed))
                .compose(opened -> beat());
    }

    private Future<Void> rejoin() {
        return join().onSuccess(back -> {
            LOG.atInfo().addKeyValue("gateways", solo.gateways()).log("Redis is back");
            upheaval.run();
        });
    }

    private Future<Void> beat() {
        return heartbeat(false).onSuccess(done -> answered()).onFailure(this::failed);
    }

    private Future<Void> heartbeat(boolean leave) {
        Duration silence = settings.heartbeat().multipliedBy(3);
        Duration grace = silence.compareTo(settings.hold()) < 0 ? silence : settings.hold();
        boolean told = solo.hasAdmitted();
        long sentAt = ticker.micros();
        return Script.HEARTBEAT
                .run(
                        link,
                        List.of(keys.gateways(), keys.epoch(), keys.settle(), keys.closed(), keys.clock()),
                        List.of(
                                gateway,
                                Long.toString(life()),
                                epoch,
                                told ? "1" : "0",
                                Long.toString(settleMicros()),
                                UUID.randomUUID().toString(),
                                leave ? "1" : "0",
                                Long.toString(Limit.micros(grace)),
                                joined ? "" : keys.word(""),
                                keys.echo(gateway)))
                .compose(reply -> !link.up()
                        ? Future.failedFuture("The connection to Redis went meanwhile")
                        : beaten(reply, told, sentAt) ? Future.succeededFuture() : heartbeat(leave));
    }

    /** How long a gateway is counted after its heartbeat. */
    private long life() {
        return Math.max(Limit.micros(LEAST_LIFE), 3 * Limit.micros(settings.heartbeat()));
    }

    /** A share that answers while the heartbeat is under way is not older than the answer, which takes no longer than that. */
    private long settleMicros() {
        return settings.hold().isZero() ? 0 : Limit.micros(settings.hold().plus(settings.commandTimeout()));
    }

    /** Whether Redis knows all there is to know. */
    private boolean beaten(Response reply, boolean told, long sentAt) {
        String present = reply.get(1).toString();
        if (joined && !present.equals(epoch)) {
            forgotten(epoch);
        }
        long settles = ScriptCodec.number(reply, 2);
        boolean longer =
                joined && solo.newcomer() && settles > solo.settlesFor() + Limit.micros(settings.commandTimeout());
        otherEpoch |= !present.equals(epoch);
        epoch = present;
        if (!solo.end(told, settles)) {
            return false;
        }
        words.heardOf(otherEpoch, ScriptCodec.number(reply, 4) == 1);
        solo.alive((int) ScriptCodec.number(reply, 0));
        reply.get(3).forEach(closed -> heard.accept(closed.toString()));
        words.tellAll();
        unheard = joined ? unheard + 1 : 0;
        if (!joined) {
            joinedAt = ticker.micros();
            counted &= joinedAt - thereAt < (otherEpoch ? Limit.micros(settings.hold()) : life());
            joined = true;
            var unused = openings.tellAll().onFailure(this::failed); // What was opened while it came back.
        }
        otherEpoch = false;
        thereAt = sentAt;
        if (longer) {
            upheaval.run();
        }
        return true;
    }

    /** Redis answered a command. */
    void answered() {
        if (silent()) {
            silentSince.set(NEVER);
        }
    }

    /** Redis did not answer a command, or with an error. */
    void failed(Throwable cause) {
        long now = ticker.micros();
        long since = silentSince.compareAndSet(NEVER, now) ? now : silentSince.get();
        boolean tooLong = now - since >= Limit.micros(settings.commandTimeout()) * (PATIENCE - 1);
        if (since != NEVER && tooLong && link.up()) {
            LOG.atWarn().setCause(cause).log("Redis does not answer");
            link.context().runOnContext(soon -> link.drop());
        }
    }

    /** The connection has gone. One that never came to a heartbeat changes nothing: what is given without Redis goes on. */
    void lost() {
        silentSince.set(NEVER);
        if (!joined) {
            words.unsure();
            return;
        }
        if (!leaving) {
            LOG.atWarn()
                    .addKeyValue("whenGone", settings.whenGone())
                    .addKeyValue("gateways", solo.gateways())
                    .log("Redis has gone; limits are kept without it");
        }
        begin();
        upheaval.run();
    }

    /** Redis has forgotten everything since {@code known}, and knows nothing of what it admitted; once for each epoch. */
    void forgotten(String known) {
        if (joined && known.equals(epoch)) {
            LOG.warn("Redis has forgotten what was admitted; limits are kept without it until the fleet has settled");
            begin();
            upheaval.run();
        }
    }

    /**
     * What was promised is void: this gateway is alone, or was only just counted by the others. They count it when each has
     * had the time to ask Redis since it joined, and go on doing so while it is away, until it is no longer among those
     * that Redis knows, or has settled with, having forgotten them.
     */
    private void begin() {
        counted |= thereAt - joinedAt >= Limit.micros(settings.heartbeat()) * BEATS_UNTIL_KNOWN;
        joined = false;
        words.unsure();
        solo.begin(counted);
    }

    /** Whether Redis decides: it is there, and knows whether the fleet has to settle. */
    boolean joined() {
        return joined;
    }

    /** Whether Redis is there, but did not answer what it was asked last. */
    boolean silent() {
        return silentSince.get() != NEVER;
    }

    /** What Redis knew last; the name changes when Redis forgets. */
    String epoch() {
        return epoch;
    }

    int gateways() {
        return solo.gateways();
    }

    /** Tells the others that this gateway's share is theirs. */
    Future<Void> leave() {
        leaving = true;
        return link.up() ? heartbeat(true) : Future.succeededFuture();
    }
}
