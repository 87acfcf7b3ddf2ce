package dev.botgate.fleet;

import dev.botgate.failure.FatalErrors;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to Redis, one for commands and one that listens; both are there, or none is.
 *
 * <p>Lives on the event loop that made it, and tells everything there; commands are taken on any thread.
 */
public final class FleetConnection {
    private static final int MOST_UNDER_WAY = 65_536;
    private static final int MOST_MOVES = 3;

    private final Vertx vertx;
    private final Context context;
    private final RedisServer server;
    private final NetClientOptions net;
    private final long commandMillis;
    private final long connectMillis;
    private final List<String> channels;
    private final Function<RedisConnection, Future<Void>> prepare;
    private final BiConsumer<String, String> heard;
    private final Runnable lost;
    private volatile @Nullable RedisConnection commands;
    private @Nullable Redis client;

    /** A client, and its connection for commands. */
    private record Opened(Redis client, RedisConnection commands) {}

    /**
     * @param channels what is listened to
     * @param prepare makes a new connection ready for commands; may fail as the server fails
     * @param heard told of a channel, and what was published there
     * @param lost told once for each time that {@link #connect} succeeded and a connection went
     */
    public FleetConnection(
            Vertx vertx,
            RedisServer server,
            List<String> channels,
            Function<RedisConnection, Future<Void>> prepare,
            BiConsumer<String, String> heard,
            Runnable lost) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.server = server;
        this.channels = List.copyOf(channels);
        this.prepare = prepare;
        this.heard = heard;
        this.lost = lost;
        this.commandMillis = server.commandTimeout().toMillis();
        this.connectMillis = server.connectTimeout().toMillis();
        this.net = new NetClientOptions()
                .setConnectTimeout((int) connectMillis)
                .setTcpNoDelay(true)
                .setHostnameVerificationAlgorithm("HTTPS");
        if (server.trust() != null) {
            net.setTrustOptions(server.trust());
        }
    }

    private RedisOptions options(URI url) {
        return new RedisOptions()
                .setConnectionString(url.toString())
                .setNetClientOptions(net)
                .setMaxWaitingHandlers(MOST_UNDER_WAY)
                .setPoolCleanerInterval(-1)
                .setMaxPoolSize(4);
    }

    /** Whether both connections are there. */
    public boolean up() {
        return commands != null;
    }

    /** Opens both connections, with a client of their own: what hangs is never used again. */
    public Future<Void> connect() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            open(server.url(), MOST_MOVES)
                    .onSuccess(opened -> {
                        client = opened.client();
                        commands = opened.commands();
                    })
                    .<Void>mapEmpty()
                    .onComplete(done);
        });
        return done.future();
    }

    /** Opens both connections to the server that has the keys, which a node of a cluster knows. */
    private Future<Opened> open(URI url, int moves) {
        Redis opening = Redis.createClient(vertx, options(url));
        return open(opening)
                .timeout(connectMillis + 5 * commandMillis, TimeUnit.MILLISECONDS)
                .map(mouth -> new Opened(opening, mouth))
                .recover(cause -> {
                    var unused = opening.close();
                    Optional<URI> moved = moves == 0 ? Optional.empty() : ClusterRedirect.to(url, cause);
                    return moved.map(there -> open(there, moves - 1)).orElse(Future.failedFuture(cause));
                });
    }

    private Future<RedisConnection> open(Redis opening) {
        return opening.connect().compose(ears -> {
            ears.handler(this::heard);
            watch(ears, opening);
            Request subscribe = Request.cmd(Command.SUBSCRIBE);
            channels.forEach(subscribe::arg);
            return ears.send(subscribe).compose(subscribed -> opening.connect()).compose(mouth -> {
                watch(mouth, opening);
                return prepare.apply(mouth).map(ready -> mouth);
            });
        });
    }

    private void watch(RedisConnection connection, Redis of) {
        connection.exceptionHandler(cause -> {
            FatalErrors.report(cause);
            here(() -> drop(of));
        });
        connection.endHandler(ended -> here(() -> drop(of)));
    }

    private void here(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(now -> task.run());
        }
    }

    /** Gives both connections up; {@link #connect} may be tried again. On the link's event loop only. */
    public void drop() {
        Redis present = client;
        if (present != null) {
            drop(present);
        }
    }

    private void drop(Redis of) {
        var unused = of.close();
        if (of.equals(client)) {
            client = null;
            commands = null;
            lost.run();
        }
    }

    private void heard(Response message) {
        boolean published = (message.type() == ResponseType.PUSH || message.type() == ResponseType.MULTI)
                && message.size() == 3
                && "message".equals(message.get(0).toString());
        if (published) {
            here(() -> heard.accept(message.get(1).toString(), message.get(2).toString()));
        }
    }

    /** Sends a command; fails when there is no connection, when it breaks, and when Redis takes too long. */
    public Future<Response> send(Request request) {
        return send(request, late -> {});
    }

    /** The same; {@code late} is told of an answer that comes after that. */
    public Future<Response> send(Request request, Consumer<Response> late) {
        RedisConnection connection = commands;
        return connection == null
                ? Future.failedFuture("There is no connection to Redis")
                : send(connection, request, late);
    }

    /** The same, however long Redis takes. */
    public Future<Response> sendPatiently(Request request) {
        RedisConnection connection = commands;
        return connection == null ? Future.failedFuture("There is no connection to Redis") : send(connection, request);
    }

    private Future<Response> send(RedisConnection connection, Request request, Consumer<Response> late) {
        if (Vertx.currentContext() == context) {
            return timely(connection, request, late);
        }
        Promise<Response> done = Promise.promise();
        context.runOnContext(now -> timely(connection, request, late).onComplete(done));
        return done.future();
    }

    /**
     * On the link's event loop only: there an answer that has arrived is read before its time is found to be over, however
     * much else kept the event loop busy, and the time is kept without another thread.
     */
    private Future<Response> timely(RedisConnection connection, Request request, Consumer<Response> late) {
        Future<Response> answer = connection.send(request);
        Future<Response> timely = answer.timeout(commandMillis, TimeUnit.MILLISECONDS);
        return timely.onFailure(cause -> answer.onSuccess(late::accept));
    }

    private Future<Response> send(RedisConnection connection, Request request) {
        if (Vertx.currentContext() == context) {
            return connection.send(request);
        }
        Promise<Response> done = Promise.promise();
        context.runOnContext(now -> connection.send(request).onComplete(done));
        return done.future();
    }

    /** Gives both connections up for good. */
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            Redis present = client;
            client = null;
            commands = null;
            (present == null ? Future.<Void>succeededFuture() : present.close()).onComplete(done);
        });
        return done.future();
    }

    /** The event loop that everything is told on. */
    public Context context() {
        return context;
    }

    public Vertx vertx() {
        return vertx;
    }
}
