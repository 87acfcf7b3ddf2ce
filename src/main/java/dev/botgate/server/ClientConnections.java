package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client connections of a listener on one event loop: limits their number, and installs their handlers. */
public final class ClientConnections {
    /**
     * The size of a socket's send buffer in bytes. The kernel accepts more only once a third is free, and its default is
     * megabytes: a client that reads steadily but slowly would look like one that reads nothing.
     */
    public static final int SEND_BUFFER = 131_072;

    private static final String DECODER = "httpDecoder";
    private static final String ENCODER = "httpEncoder";
    private static final String VERTX = "handler";
    private static final String REPLIES = "replies";

    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final byte[] REPLY_TO_TOO_MANY = replyToTooMany();

    /** How many of the longest idle connections are searched for one of the same client. */
    private static final int MAX_IDLE_SEARCHED = 64;

    private final HttpServerOptions options;
    private final ConnectionLimits limits;
    private final Set<RequestDecoder> idle = new LinkedHashSet<>();
    private final Deadlines headTimeout;
    private final Deadlines linger;
    private final SlowClients slow;
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);

    /** Why the gateway closed a connection of its own accord. */
    enum CloseReason {
        /** A head, or the rest of a request that was answered early, did not arrive in time. */
        HEAD_TIMEOUT,
        /** The client read nothing of its reply for too long. */
        WRITE_TIMEOUT,
        /** Unread replies of all clients took too much memory, and this client was stalled longest. */
        UNSENT_BYTES,
        /** Pipelined requests waited too long or took too much memory. */
        PIPELINE,
        /** There were too many connections, and this one was idle longest. */
        IDLE
    }

    /**
     * @param options those of the listener
     * @param limits shared by all event loops of the listener
     * @param eventLoops the number of these event loops
     * @param headTimeout how long the head of a request may take to arrive
     * @param writeTimeout how long a client may read nothing of its reply
     */
    public ClientConnections(
            Vertx vertx,
            HttpServerOptions options,
            ConnectionLimits limits,
            int eventLoops,
            Duration headTimeout,
            Duration writeTimeout,
            MeterRegistry registry) {
        this.options = options;
        this.limits = limits;
        this.headTimeout = Deadlines.of(vertx, headTimeout);
        this.linger = Deadlines.of(vertx, LINGER);
        this.slow = new SlowClients(Deadlines.of(vertx, writeTimeout), limits, limits.maximumUnsent() / eventLoops);
        for (CloseReason reason : CloseReason.values()) {
            closed.put(
                    reason,
                    Counter.builder("botgate.connections.closed")
                            .description("Client connections that the gateway closed, by reason")
                            .tag("listener", limits.listener())
                            .tag(
                                    "reason",
                                    reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .register(registry));
        }
    }

    /** Installs the handlers of a new connection, or refuses it if there are too many. */
    public void accept(HttpConnection connection) {
        if (!(connection instanceof HttpServerConnection server)) {
            return;
        }
        Channel channel = server.channelHandlerContext().channel();
        Channel listener = channel.parent();
        if (listener != null) {
            AcceptGuard.on(listener, limits);
        }
        Object client = ConnectionLimits.client(channel.remoteAddress());
        ConnectionLimits.Full full = limits.add(client);
        if (full != null && closeLongestIdle(full == ConnectionLimits.Full.TOTAL ? null : client)) {
            full = limits.add(client);
        }
        ChannelPipeline pipeline = channel.pipeline();
        if (full != null) {
            limits.countRefused(full);
            refuse(pipeline);
            return;
        }
        channel.closeFuture().addListener(closed -> limits.remove(client));
        RequestDecoder requests = new RequestDecoder(options, this, client);
        pipeline.replace(DECODER, DECODER, requests);
        pipeline.addBefore(VERTX, REPLIES, new ReplyWatch(requests, slow));
    }

    /** Replies 503 without reading a request. */
    private static void refuse(ChannelPipeline pipeline) {
        pipeline.channel().config().setAutoRead(false);
        ChannelHandlerContext encoder = Objects.requireNonNull(pipeline.context(ENCODER));
        encoder.writeAndFlush(Unpooled.wrappedBuffer(REPLY_TO_TOO_MANY)).addListener(ChannelFutureListener.CLOSE);
    }

    private static byte[] replyToTooMany() {
        String body = "{\"error\":{\"code\":\"GatewayBusy\",\"message\":\"Too many connections\"}}";
        return ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                        + body.length() + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Closes the connection that has been idle longest.
     *
     * @param client whose connection it must be; null for any
     * @return whether there was one
     */
    private boolean closeLongestIdle(@Nullable Object client) {
        int searched = 0;
        for (RequestDecoder connection : idle) {
            if (client == null || client.equals(connection.client())) {
                removeIdle(connection);
                connection.close(CloseReason.IDLE);
                return true;
            }
            if (++searched == MAX_IDLE_SEARCHED) {
                break;
            }
        }
        return false;
    }

    /**
     * Marks a connection without a request under way as idle. A connection whose next head is incomplete is idle too, so that slow
     * heads do not keep others out.
     */
    void addIdle(RequestDecoder connection) {
        idle.add(connection);
    }

    void removeIdle(RequestDecoder connection) {
        idle.remove(connection);
    }

    Deadlines headTimeout() {
        return headTimeout;
    }

    /** How long a connection stays readable after its last reply. */
    Deadlines linger() {
        return linger;
    }

    ConnectionLimits limits() {
        return limits;
    }

    void count(CloseReason reason) {
        Objects.requireNonNull(closed.get(reason)).increment();
    }
}
