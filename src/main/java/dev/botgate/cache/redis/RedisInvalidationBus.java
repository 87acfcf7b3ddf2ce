package dev.botgate.cache.redis;

import dev.botgate.cache.Invalidation;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.cache.RedisSettings;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateways that share a Redis, and tell each other there what they drop. */
public final class RedisInvalidationBus implements InvalidationBus {
    private static final Logger LOG = LoggerFactory.getLogger(RedisInvalidationBus.class);

    /** Heartbeats without an echo, after which a connection is given up. */
    private static final int PATIENCE = 3;

    /** What waits to be told beyond this is told as one: that everything is to be dropped. */
    private static final int MOST_UNTOLD = 10_000;

    private final Vertx vertx;
    private final String gateway;
    private final String drops;
    /** A channel of this gateway alone, on which it hears that Redis still tells what is published. */
    private final String echo;

    private final long heartbeatMillis;
    private final FleetConnection link;
    private final Counter told;
    private final Counter heard;
    private final Set<Invalidation> untold = new LinkedHashSet<>();
    private Consumer<Invalidation> listener = drop -> {};
    private long lastBeat;
    private long lastEcho;
    private boolean everHeard;
    private volatile boolean hears;
    private volatile boolean closed;

    /**
     * @param trust whom a server with TLS is trusted by; null for whom Java trusts
     * @param gateway this gateway's id, unlike any other's in the fleet
     */
    public RedisInvalidationBus(
            Vertx vertx,
            RedisSettings settings,
            URI url,
            @Nullable TrustOptions trust,
            String gateway,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.gateway = gateway;
        this.drops = settings.prefix() + ":cache:drops";
        this.echo = settings.prefix() + ":cache:echo:" + gateway;
        this.heartbeatMillis = Math.max(1, settings.heartbeat().toMillis());
        this.link = new FleetConnection(
                vertx,
                new RedisServer(url, settings.connectTimeout(), settings.commandTimeout(), trust),
                List.of(drops, echo),
                connection -> Future.succeededFuture(),
                this::heard,
                this::lost);
        this.told = messages(registry, "told");
        this.heard = messages(registry, "heard");
        Gauge.builder("botgate.cache.fleet.hears", () -> hears ? 1 : 0)
                .description("Whether this gateway hears what all others of its fleet drop")
                .register(registry);
    }

    /** Connects, or begins to try; succeeds either way, so that a gateway starts without its Redis. */
    public Future<Void> start() {
        Promise<Void> tried = Promise.promise();
        link.context().runOnContext(now -> join().onComplete(done -> {
            if (done.failed()) {
                LOG.atWarn()
                        .setCause(done.cause())
                        .log(
                                "Redis cannot be reached; member lists are dropped in this gateway only, and none is served stale");
            }
            next();
            tried.complete();
        }));
        return tried.future();
    }

    @Override
    public void onDrop(Consumer<Invalidation> told) {
        listener = told;
    }

    @Override
    public void tell(Invalidation drop) {
        link.context().runOnContext(now -> publish(drop));
    }

    @Override
    public boolean hears() {
        return hears;
    }

    @Override
    public Future<Void> close() {
        closed = true;
        hears = false;
        return link.close();
    }

    private void next() {
        var unused = vertx.setTimer(heartbeatMillis, id -> {
            if (!closed) {
                if (link.up()) {
                    beat();
                    next();
                } else {
                    join().onComplete(done -> next());
                }
            }
        });
    }

    /** What was kept until now may have been dropped elsewhere while nothing was heard. */
    private Future<Void> join() {
        return link.connect().onSuccess(connected -> {
            if (closed) {
                link.drop();
                return;
            }
            listener.accept(Invalidation.ALL);
            lastEcho = lastBeat;
            hears = true;
            if (everHeard) {
                LOG.info("Redis is back; all member lists kept until now are dropped");
            }
            everHeard = true;
            tellLate();
            live();
        });
    }

    /** A message to itself: what was published before has been heard once it comes back. */
    private void live() {
        lastBeat++;
        var unused = say(echo, Long.toString(lastBeat));
    }

    private void beat() {
        if (lastBeat - lastEcho >= PATIENCE) {
            LOG.atWarn().log("Redis does not tell what is published");
            link.drop();
            return;
        }
        tellLate();
        live();
    }

    private void tellLate() {
        List<Invalidation> late = List.copyOf(untold);
        untold.clear();
        late.forEach(this::publish);
    }

    /**
     * Tells the others now, or with a later beat. A Redis that is slow only makes them hear late: what is on the way to it
     * arrives in order, and whether it still tells anything the echo shows.
     */
    private void publish(Invalidation drop) {
        if (!link.up()) {
            remember(drop);
            return;
        }
        say(drops, new InvalidationMessage(gateway, drop).text())
                .onSuccess(published -> told.increment())
                .onFailure(cause -> {
                    LOG.atWarn().setCause(cause).log("What is dropped could not be told to the other gateways yet");
                    remember(drop);
                });
    }

    private Future<Response> say(String channel, String text) {
        return link.sendPatiently(publication(channel, text));
    }

    private static Request publication(String channel, String text) {
        return Request.cmd(Command.PUBLISH).arg(channel).arg(text);
    }

    private void remember(Invalidation drop) {
        if (closed) {
            return;
        }
        if (untold.size() >= MOST_UNTOLD) {
            untold.clear();
            untold.add(Invalidation.ALL);
        } else if (!untold.contains(Invalidation.ALL)) {
            untold.add(drop);
        }
    }

    private void heard(String channel, String text) {
        if (channel.equals(echo)) {
            heardItself(text);
            return;
        }
        InvalidationMessage message = InvalidationMessage.read(text).orElseGet(() -> {
            LOG.warn("A message of another gateway is not understood; all member lists are dropped");
            return new InvalidationMessage("", Invalidation.ALL);
        });
        if (!message.from().equals(gateway)) {
            heard.increment();
            listener.accept(message.drop());
        }
    }

    /** Others may publish on this channel too; what is no number is ignored. */
    private void heardItself(String number) {
        try {
            lastEcho = Math.max(lastEcho, Math.min(lastBeat, Long.parseLong(number)));
        } catch (NumberFormatException foreign) {
            LOG.debug("A message on this gateway's own channel is no number");
        }
    }

    private void lost() {
        hears = false;
        if (!closed) {
            LOG.warn(
                    "Redis has gone; until it is back, member lists are dropped in this gateway only, and none is served stale");
        }
    }

    private static Counter messages(MeterRegistry registry, String direction) {
        return Counter.builder("botgate.cache.fleet.messages")
                .description("What is dropped, told to other gateways and heard from them")
                .tag("direction", direction)
                .register(registry);
    }
}
