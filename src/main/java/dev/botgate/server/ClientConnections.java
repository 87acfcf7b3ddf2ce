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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The clients' connections of a listener on one event loop: their number, their order of requests and replies, their time.
 * Used on that event loop.
 */
public final class ClientConnections {
    /**
     * What the kernel holds of replies for one client, in bytes. It says that it takes more once a third is free, and by itself
     * holds megabytes: who reads steadily, but slowly, would look like one who reads nothing.
     */
    public static final int SEND_BUFFER = 131_072;

    private static final String DECODER = "httpDecoder";
    private static final String ENCODER = "httpEncoder";
    private static final String VERTX = "handler";
    private static final String REPLIES = "replies";

    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final byte[] TOO_MANY = tooMany();

    private final HttpServerOptions options;
    private final ConnectionLimits limits;
    private final IdleConnections idle = new IdleConnections();
    private final Deadlines headTimeout;
    private final Deadlines linger;
    private final SlowClients slow;
    private final Map<CloseReason, Counter> closed = new EnumMap<>(CloseReason.class);

    /**
     * @param options those of the listener
     * @param limits shared by all event loops of the listener
     * @param eventLoops how many of them there are
     * @param headTimeout how long the head of a request may take to arrive
     * @param writeTimeout how long a client may take nothing of its reply
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
                            .description("Clients' connections that the gateway ended, by the reason")
                            .tag("listener", limits.listener())
                            .tag(
                                    "reason",
                                    reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .register(registry));
        }
    }

    /** Takes a connection on which nothing has arrived, or ends it where there are too many. */
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
        ConnectionLimits.Full full = limits.take(client);
        if (full != null && idle.closeLongest(full == ConnectionLimits.Full.IN_ALL ? null : client)) {
            full = limits.take(client);
        }
        ChannelPipeline pipeline = channel.pipeline();
        if (full != null) {
            limits.countRefused(full);
            turnAway(pipeline);
            return;
        }
        channel.closeFuture().addListener(closed -> limits.left(client));
        RequestDecoder requests = new RequestDecoder(options, this, client);
        pipeline.replace(DECODER, DECODER, requests);
        pipeline.addBefore(VERTX, REPLIES, new ReplyWatch(requests, slow));
        BodyIntake.into(pipeline);
    }

    /** Nothing is read from this one, and what it has sent is lost with it. */
    private static void turnAway(ChannelPipeline pipeline) {
        pipeline.channel().config().setAutoRead(false);
        ChannelHandlerContext encoder = Objects.requireNonNull(pipeline.context(ENCODER));
        encoder.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY)).addListener(ChannelFutureListener.CLOSE);
    }

    private static byte[] tooMany() {
        String body = "{\"error\":{\"code\":\"GatewayBusy\",\"message\":\"Too many connections\"}}";
        return ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                        + body.length() + "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    IdleConnections idle() {
        return idle;
    }

    Deadlines headTimeout() {
        return headTimeout;
    }

    /** How long a client may still read its last reply, and send what nobody wants. */
    Deadlines linger() {
        return linger;
    }

    ConnectionLimits limits() {
        return limits;
    }

    void count(CloseReason why) {
        Objects.requireNonNull(closed.get(why)).increment();
    }
}
