package dev.botgate.fleet;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's connection to Redis: one TCP connection for commands and one that subscribes; both are open, or none is.
 *
 * <p>Redis is <em>slow</em> when a command failed and none has succeeded since. Both connections are closed when one breaks,
 * when Redis was slow for {@value #MAX_TIMEOUTS} times the command timeout, or after {@value #MAX_UNRECEIVED} heartbeats
 * that were published to this gateway itself but not received: a subscription may be dead without breaking. Each
 * heartbeat tries to connect again.
 *
 * <p>Runs on the event loop that created it, and calls its members there; safe on any thread.
 */
public final class FleetConnection {
    private static final Logger LOG = LoggerFactory.getLogger(FleetConnection.class);
    private static final int MAX_TIMEOUTS = 10;
    private static final int MAX_UNRECEIVED = 3;
    private static final long NEVER = Long.MIN_VALUE;

    private final Vertx vertx;
    private final Context context;
    private final RedisSettings settings;
    private final long commandMillis;
    private final String echoChannel;
    private final RedisConnector connector;
    private final List<FleetMember> members = new CopyOnWriteArrayList<>();
    private final AtomicLong slowSince = new AtomicLong(NEVER);
    private volatile RedisConnector.@Nullable Pair current;
    private volatile boolean closing;
    private int unreceivedEchoes;

    /**
     * @param settings whose URL is not null
     * @param trust certificates to trust a TLS server by; null for those of Java
     * @param gateway this gateway's id, unique among the gateways
     */
    public FleetConnection(
            Vertx vertx, RedisSettings settings, @Nullable TrustOptions trust, String gateway, MeterRegistry registry) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.settings = settings;
        this.commandMillis = settings.commandTimeout().toMillis();
        this.echoChannel = settings.prefix() + ":echo:" + gateway;
        this.connector = new RedisConnector(
                vertx,
                settings,
                trust,
                members,
                echoChannel,
                (channel, text) -> onEventLoop(() -> received(channel, text)),
                client -> onEventLoop(() -> disconnect(client)));
        Gauge.builder("botgate.fleet.connected", () -> connected() ? 1 : 0)
                .description("Whether the gateway is connected to the Redis that the gateways share")
                .register(registry);
    }

    /** Adds a user of the connection, before {@link #start}. */
    public void add(FleetMember member) {
        members.add(member);
    }

    /** Connects, or begins to try; succeeds either way, so that a gateway starts without Redis. */
    public Future<Void> start() {
        Promise<Void> tried = Promise.promise();
        context.runOnContext(now -> connectOrHeartbeat().onComplete(result -> {
            if (result.failed()) {
                LOG.atWarn()
                        .setCause(result.cause())
                        .log("Redis cannot be reached; the gateway starts without it and tries again each heartbeat");
            }
            schedule();
            tried.complete();
        }));
        return tried.future();
    }

    public RedisSettings settings() {
        return settings;
    }

    /** Whether Redis is connected, slow or not. */
    public boolean connected() {
        return current != null;
    }

    /** Whether Redis is connected, and did not answer the last commands. */
    public boolean slow() {
        return slowSince.get() != NEVER;
    }

    /** Runs a script; fails when Redis is not connected, the connection breaks, or Redis takes too long. */
    public Future<Response> run(LuaScript script, List<String> keys, List<String> arguments) {
        return run(script, keys, arguments, late -> {});
    }

    /** The same; {@code late} gets a reply that comes after the time limit. */
    public Future<Response> run(LuaScript script, List<String> keys, List<String> arguments, Consumer<Response> late) {
        RedisConnector.Pair pair = current;
        if (pair == null) {
            return notConnected();
        }
        Consumer<Response> answeredLate = reply -> {
            answered();
            late.accept(reply);
        };
        return callOnEventLoop(() -> withTimeout(pair.commands(), script.bySha(keys, arguments), answeredLate)
                .recover(cause -> String.valueOf(cause.getMessage()).startsWith("NOSCRIPT")
                        ? withTimeout(pair.commands(), script.bySource(keys, arguments), answeredLate)
                        : Future.failedFuture(cause))
                .onComplete(reply -> answered(), cause -> failed(pair, cause)));
    }

    /** Publishes {@code message}, however long Redis takes, and in order; fails when Redis is not connected any more. */
    public Future<Void> publish(String channel, String message) {
        RedisConnector.Pair pair = current;
        return pair == null
                ? notConnected()
                : callOnEventLoop(() ->
                        pair.commands().send(publication(channel, message)).mapEmpty());
    }

    /** Runs {@code task} on the connection's event loop. */
    public void execute(Runnable task) {
        context.runOnContext(now -> task.run());
    }

    /** Lets all members leave, and closes both connections permanently. */
    public Future<Void> close() {
        return callOnEventLoop(() -> {
            closing = true;
            Future<?> left = connected()
                    ? Future.join(members.stream().map(FleetMember::leave).toList())
                    : Future.succeededFuture();
            return left.transform(done -> {
                RedisConnector.Pair last = current;
                current = null;
                return last == null ? Future.succeededFuture() : last.client().close();
            });
        });
    }

    private void schedule() {
        var unused = vertx.setTimer(Math.max(1, settings.heartbeat().toMillis()), id -> {
            if (!closing) {
                connectOrHeartbeat().onComplete(done -> onEventLoop(this::schedule));
            }
        });
    }

    private Future<Void> connectOrHeartbeat() {
        RedisConnector.Pair pair = current;
        if (pair != null && unreceivedEchoes >= MAX_UNRECEIVED) {
            LOG.warn("Redis does not deliver what is published; connecting again");
            disconnect(pair.client());
        }
        return connected() ? heartbeat() : connect().compose(ready -> heartbeat());
    }

    private Future<Void> connect() {
        return connector.open().compose(pair -> {
            if (closing) {
                var unused = pair.client().close();
                return Future.failedFuture("The gateway stops");
            }
            current = pair;
            unreceivedEchoes = 0;
            members.forEach(FleetMember::connected);
            return Future.succeededFuture();
        });
    }

    private Future<Void> heartbeat() {
        RedisConnector.Pair pair = current;
        if (pair == null) {
            return notConnected();
        }
        Future<Response> heard = withTimeout(pair.commands(), publication(echoChannel, "heartbeat"), late -> {});
        return Future.join(Stream.concat(Stream.of(heard), members.stream().map(FleetMember::heartbeat))
                        .toList())
                .onComplete(
                        all -> {
                            unreceivedEchoes++;
                            answered();
                        },
                        cause -> failed(pair, cause))
                .mapEmpty();
    }

    private void answered() {
        if (slow()) {
            slowSince.set(NEVER);
        }
    }

    private void failed(RedisConnector.Pair pair, Throwable cause) {
        if (!pair.equals(current)) {
            return;
        }
        long now = System.nanoTime();
        long since = slowSince.compareAndSet(NEVER, now) ? now : slowSince.get();
        if (since != NEVER && now - since >= TimeUnit.MILLISECONDS.toNanos(commandMillis) * (MAX_TIMEOUTS - 1)) {
            LOG.atWarn().setCause(cause).log("Redis does not answer; connecting again");
            context.runOnContext(soon -> disconnect(pair.client()));
        }
    }

    private void disconnect(Redis client) {
        var unused = client.close();
        RedisConnector.Pair pair = current;
        if (pair != null && pair.client().equals(client)) {
            current = null;
            slowSince.set(NEVER);
            if (!closing) {
                LOG.warn("The connection to Redis is lost");
            }
            members.forEach(FleetMember::disconnected);
        }
    }

    private void received(String channel, String text) {
        if (channel.equals(echoChannel)) {
            unreceivedEchoes = 0;
            return;
        }
        for (FleetMember member : members) {
            if (member.channels().contains(channel)) {
                member.received(channel, text);
            }
        }
    }

    /**
     * Called on the connection's event loop only, where a reply that has arrived is read before its timeout fires, however
     * busy the event loop was.
     */
    private Future<Response> withTimeout(RedisConnection connection, Request request, Consumer<Response> late) {
        Future<Response> reply = connection.send(request);
        Future<Response> withTimeout = reply.timeout(commandMillis, TimeUnit.MILLISECONDS);
        return withTimeout.onFailure(cause -> reply.onSuccess(late::accept));
    }

    private static Request publication(String channel, String message) {
        return Request.cmd(Command.PUBLISH).arg(channel).arg(message);
    }

    private static <T> Future<T> notConnected() {
        return Future.failedFuture("Redis is not connected");
    }

    private void onEventLoop(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            execute(task);
        }
    }

    private <T> Future<T> callOnEventLoop(Supplier<Future<T>> task) {
        if (Vertx.currentContext() == context) {
            return task.get();
        }
        Promise<T> done = Promise.promise();
        context.runOnContext(now -> task.get().onComplete(done));
        return done.future();
    }
}
