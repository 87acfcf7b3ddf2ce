package dev.botgate.fleet;

import dev.botgate.failure.FatalErrors;
import io.vertx.core.Future;
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
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Opens pairs of connections to Redis, of which one subscribes. A broken pair is never used again. */
final class RedisConnector {
    private static final int MAX_COMMANDS_UNDER_WAY = 65_536;
    private static final int MAX_REDIRECTS = 3;
    /**
     * The error of a cluster node without a key's slot, {@code MOVED 3999 10.0.0.2:6381}. An empty host is the node's
     * own.
     */
    private static final Pattern REDIRECT = Pattern.compile("MOVED [0-9]+ (.*):([0-9]{1,5})");

    private final Vertx vertx;
    private final RedisSettings settings;
    private final URI url;
    private final NetClientOptions net;
    private final List<FleetMember> members;
    private final String echoChannel;
    private final BiConsumer<String, String> received;
    private final Consumer<Redis> onEnd;

    /** A client with two connections, and the one for commands. */
    record Pair(Redis client, RedisConnection commands) {}

    /**
     * @param members whose channels are subscribed to, and which prepare each command connection
     * @param echoChannel a further channel to subscribe to
     * @param received called with the channel and the text of each message
     * @param onEnd called with a client one of whose connections has ended
     */
    RedisConnector(
            Vertx vertx,
            RedisSettings settings,
            @Nullable TrustOptions trust,
            List<FleetMember> members,
            String echoChannel,
            BiConsumer<String, String> received,
            Consumer<Redis> onEnd) {
        if (settings.url() == null) {
            throw new IllegalArgumentException("url: null (expected: the URL of a Redis)");
        }
        this.vertx = vertx;
        this.settings = settings;
        this.url = settings.url();
        this.members = members;
        this.echoChannel = echoChannel;
        this.received = received;
        this.onEnd = onEnd;
        this.net = new NetClientOptions()
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setTcpNoDelay(true)
                .setHostnameVerificationAlgorithm("HTTPS");
        if (trust != null) {
            net.setTrustOptions(trust);
        }
    }

    /** Opens both connections to the server that has the keys, and prepares them. */
    Future<Pair> open() {
        return open(url, MAX_REDIRECTS);
    }

    private Future<Pair> open(URI server, int redirects) {
        Redis client = Redis.createClient(vertx, options(server));
        long limit = settings.connectTimeout().toMillis()
                + 5 * settings.commandTimeout().toMillis();
        return open(client)
                .timeout(limit, TimeUnit.MILLISECONDS)
                .map(commands -> new Pair(client, commands))
                .recover(cause -> {
                    var unused = client.close();
                    Optional<URI> other = redirects == 0 ? Optional.empty() : redirect(server, cause);
                    return other.map(node -> open(node, redirects - 1)).orElse(Future.failedFuture(cause));
                });
    }

    private Future<RedisConnection> open(Redis client) {
        return client.connect().compose(subscriber -> {
            subscriber.handler(this::received);
            watch(subscriber, client);
            Request subscribe = Request.cmd(Command.SUBSCRIBE);
            subscribe.arg(echoChannel);
            members.forEach(member -> member.channels().forEach(subscribe::arg));
            return subscriber
                    .send(subscribe)
                    .compose(subscribed -> client.connect())
                    .compose(commands -> {
                        watch(commands, client);
                        return Future.all(members.stream()
                                        .map(member -> member.prepare(commands))
                                        .toList())
                                .map(ready -> commands);
                    });
        });
    }

    private void watch(RedisConnection connection, Redis client) {
        connection.exceptionHandler(cause -> {
            FatalErrors.report(cause);
            onEnd.accept(client);
        });
        connection.endHandler(end -> onEnd.accept(client));
    }

    private void received(Response message) {
        boolean published = (message.type() == ResponseType.PUSH || message.type() == ResponseType.MULTI)
                && message.size() == 3
                && "message".equals(message.get(0).toString());
        if (published) {
            received.accept(message.get(1).toString(), message.get(2).toString());
        }
    }

    private RedisOptions options(URI server) {
        return new RedisOptions()
                .setConnectionString(server.toString())
                .setNetClientOptions(net)
                .setMaxWaitingHandlers(MAX_COMMANDS_UNDER_WAY)
                .setPoolCleanerInterval(-1)
                .setMaxPoolSize(4);
    }

    /**
     * The node that {@code cause} names, with the scheme and the credentials of {@code requested}; empty if it names
     * none.
     */
    static Optional<URI> redirect(URI requested, Throwable cause) {
        Matcher matcher = REDIRECT.matcher(String.valueOf(cause.getMessage()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1).isEmpty() ? requested.getHost() : matcher.group(1);
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        String credentials = requested.getRawUserInfo() == null ? "" : requested.getRawUserInfo() + "@";
        return Optional.of(
                URI.create(requested.getScheme() + "://" + credentials + bracketed + ":" + matcher.group(2)));
    }
}
