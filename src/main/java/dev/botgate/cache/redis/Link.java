package dev.botgate.cache.redis;

import dev.botgate.cache.RedisSettings;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to Redis, one that speaks and one that listens; both are there, or none is.
 *
 * <p>Everything happens on one event loop.
 */
final class Link {
    private static final int MOST_UNDER_WAY = 65_536;

    private final Vertx vertx;
    private final Context context;
    private final RedisOptions options;
    private final long commandMillis;
    private final long connectMillis;
    private final List<String> channels;
    private final BiConsumer<String, String> heard;
    private final Runnable lost;
    private @Nullable Redis client;
    private @Nullable RedisConnection mouth;

    /**
     * @param heard told of a channel, and what was published there
     * @param lost told once for each time that {@link #connect} succeeded and a connection went
     */
    Link(
            Vertx vertx,
            RedisSettings settings,
            String url,
            List<String> channels,
            BiConsumer<String, String> heard,
            Runnable lost) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.channels = List.copyOf(channels);
        this.heard = heard;
        this.lost = lost;
        this.commandMillis = settings.commandTimeout().toMillis();
        this.connectMillis = settings.connectTimeout().toMillis();
        NetClientOptions net = new NetClientOptions()
                .setConnectTimeout((int) connectMillis)
                .setTcpNoDelay(true)
                .setHostnameVerificationAlgorithm("HTTPS");
        this.options = new RedisOptions()
                .setConnectionString(url)
                .setNetClientOptions(net)
                .setMaxWaitingHandlers(MOST_UNDER_WAY)
                .setPoolCleanerInterval(-1)
                .setMaxPoolSize(4);
    }

    /** Opens both connections, with a client of their own: what hangs is never used again. */
    Future<Void> connect() {
        Redis opening = Redis.createClient(vertx, options);
        return opening.connect()
                .compose(ears -> {
                    ears.handler(this::heard);
                    watch(ears, opening);
                    Request subscribe = Request.cmd(Command.SUBSCRIBE);
                    channels.forEach(subscribe::arg);
                    return ears.send(subscribe);
                })
                .compose(subscribed -> opening.connect())
                .timeout(connectMillis + 4 * commandMillis, TimeUnit.MILLISECONDS)
                .onSuccess(speaking -> {
                    watch(speaking, opening);
                    client = opening;
                    mouth = speaking;
                })
                .onFailure(cause -> {
                    var unused = opening.close();
                })
                .mapEmpty();
    }

    boolean up() {
        return mouth != null;
    }

    /** Publishes {@code text}, however long Redis takes; fails when there is no connection, or it breaks before the answer. */
    Future<Response> publish(String channel, String text) {
        RedisConnection speaking = mouth;
        return speaking == null
                ? Future.failedFuture("There is no connection to Redis")
                : speaking.send(Request.cmd(Command.PUBLISH).arg(channel).arg(text));
    }

    /** Gives both connections up; {@link #connect} may be tried again. */
    void drop() {
        Redis present = client;
        if (present != null) {
            drop(present);
        }
    }

    Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            Redis present = client;
            client = null;
            mouth = null;
            (present == null ? Future.<Void>succeededFuture() : present.close()).onComplete(done);
        });
        return done.future();
    }

    Context context() {
        return context;
    }

    private void watch(RedisConnection connection, Redis of) {
        connection.exceptionHandler(cause -> context.runOnContext(now -> drop(of)));
        connection.endHandler(ended -> context.runOnContext(now -> drop(of)));
    }

    private void drop(Redis of) {
        var unused = of.close();
        if (of.equals(client)) {
            client = null;
            mouth = null;
            lost.run();
        }
    }

    private void heard(Response message) {
        boolean published = (message.type() == ResponseType.PUSH || message.type() == ResponseType.MULTI)
                && message.size() == 3
                && "message".equals(message.get(0).toString());
        if (published) {
            String channel = message.get(1).toString();
            String text = message.get(2).toString();
            context.runOnContext(now -> heard.accept(channel, text));
        }
    }
}
