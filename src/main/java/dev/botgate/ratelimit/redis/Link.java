package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.RedisSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.TrustOptions;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to Redis, one for commands and one that listens; both are there, or none is.
 *
 * <p>Lives on the event loop that made it; commands are taken on any thread.
 */
final class Link {
    private static final int MOST_UNDER_WAY = 65_536;
    private static final int MOST_MOVES = 3;

    private final Vertx vertx;
    private final Context context;
    private final RedisSettings settings;
    private final NetClientOptions net;
    private final long commandMillis;
    private final long connectMillis;
    private final Keys keys;
    private final Consumer<String> heard;
    private final Runnable lost;
    private volatile @Nullable RedisConnection commands;
    private @Nullable Redis client;

    /** A client, and its connection for commands. */
    private record Opened(Redis client, RedisConnection commands) {}

    /**
     * @param trust whom a server with TLS is trusted by; null for whom Java trusts
     * @param heard told what is published of closures
     * @param lost told once for each time that {@link #connect} succeeded and the connection went
     */
    Link(
            Vertx vertx,
            RedisSettings settings,
            @Nullable TrustOptions trust,
            Keys keys,
            Consumer<String> heard,
            Runnable lost) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.settings = settings;
        this.keys = keys;
        this.heard = heard;
        this.lost = lost;
        this.commandMillis = settings.commandTimeout().toMillis();
        this.connectMillis = settings.connectTimeout().toMillis();
        this.net = new NetClientOptions()
                .setConnectTimeout((int) connectMillis)
                .setTcpNoDelay(true)
                .setHostnameVerificationAlgorithm("HTTPS");
        if (trust != null) {
            net.setTrustOptions(trust);
        }
    }

    private RedisOptions options(URI server) {
        return new RedisOptions()
                .setConnectionString(server.toString())
                .setNetClientOptions(net)
                .setMaxWaitingHandlers(MOST_UNDER_WAY)
                .setPoolCleanerInterval(-1)
                .setMaxPoolSize(4);
    }

    boolean up() {
        return commands != null;
    }

    /** Opens both connections, with a client of their own: what hangs is never used again. */
    Future<Void> connect() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            open(settings.url(), MOST_MOVES)
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
    private Future<Opened> open(URI server, int moves) {
        Redis opening = Redis.createClient(vertx, options(server));
        return open(opening)
                .timeout(connectMillis + 5 * commandMillis, TimeUnit.MILLISECONDS)
                .map(mouth -> new Opened(opening, mouth))
                .recover(cause -> {
                    var unused = opening.close();
                    Optional<URI> moved = moves == 0 ? Optional.empty() : Moved.to(server, cause);
                    return moved.map(there -> open(there, moves - 1)).orElse(Future.failedFuture(cause));
                });
    }

    private Future<RedisConnection> open(Redis opening) {
        return opening.connect().compose(ears -> {
            ears.handler(this::heard);
            watch(ears, opening);
            return ears.send(Request.cmd(Command.SUBSCRIBE).arg(keys.closures()))
                    .compose(subscribed -> opening.connect())
                    .compose(mouth -> {
                        watch(mouth, opening);
                        return mouth.send(Request.cmd(Command.GET).arg(keys.clock()))
                                .compose(here -> load(mouth))
                                .map(loaded -> mouth);
                    });
        });
    }

    private static Future<Void> load(RedisConnection connection) {
        List<Future<Response>> loads =
                List.of(Script.DECIDE, Script.GIVE_BACK, Script.THROTTLE, Script.HEARTBEAT).stream()
                        .map(script -> connection.send(
                                Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.source())))
                        .toList();
        return Future.all(loads).mapEmpty();
    }

    private void watch(RedisConnection connection, Redis of) {
        connection.exceptionHandler(cause -> drop(of));
        connection.endHandler(ended -> drop(of));
    }

    /** Gives both connections up; {@link #connect} may be tried again. */
    void drop() {
        Redis present = client;
        if (present != null) {
            drop(present);
        }
    }

    private void drop(Redis of) {
        var unused = of.close();
        if (client == of) {
            client = null;
            commands = null;
            lost.run();
        }
    }

    private void heard(Response message) {
        if (message.type() == ResponseType.PUSH || message.type() == ResponseType.MULTI) {
            if (message.size() == 3 && "message".equals(message.get(0).toString())) {
                heard.accept(message.get(2).toString());
            }
        }
    }

    /** Runs a script; fails when there is no connection, when it breaks, and when Redis takes too long. */
    Future<Response> run(Script script, List<String> keys, List<String> arguments) {
        return run(script, keys, arguments, late -> {});
    }

    /** The same; {@code late} is told of an answer that comes after that. */
    Future<Response> run(Script script, List<String> keys, List<String> arguments, Consumer<Response> late) {
        RedisConnection connection = commands;
        if (connection == null) {
            return Future.failedFuture("There is no connection to Redis");
        }
        return send(connection, request(Command.EVALSHA, script.sha(), keys, arguments), late)
                .recover(cause -> String.valueOf(cause.getMessage()).startsWith("NOSCRIPT")
                        ? send(connection, request(Command.EVAL, script.source(), keys, arguments), late)
                        : Future.failedFuture(cause));
    }

    /** Runs a plain command. */
    Future<Response> run(Command command, List<String> arguments) {
        RedisConnection connection = commands;
        if (connection == null) {
            return Future.failedFuture("There is no connection to Redis");
        }
        Request request = Request.cmd(command);
        arguments.forEach(request::arg);
        return send(connection, request, late -> {});
    }

    private Future<Response> send(RedisConnection connection, Request request, Consumer<Response> late) {
        Future<Response> answer = send(connection, request);
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

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }

    Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            Redis present = client;
            client = null;
            commands = null;
            (present == null ? Future.<Void>succeededFuture() : present.close()).onComplete(done);
        });
        return done.future();
    }

    Context context() {
        return context;
    }

    Vertx vertx() {
        return vertx;
    }
}
