package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.server.ClientConnections.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.VertxHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the requests of one connection, one at a time: a request is decoded only after the reply to the previous one has
 * gone out to the socket (RFC 9112 section 9.3.2 leaves that to the server).
 *
 * <p>Vert.x alone would decode ahead, not release what it has decoded when the connection closes, and answer further requests
 * of a client that reads no replies. Here early (pipelined) requests stay bytes in this decoder's buffer, which Netty releases with the
 * connection, and body chunks are copied to the heap, where nothing needs to be released.
 *
 * <p>The end of a connection is noticed only by reading. So reading continues while a request is under way, up to
 * {@value #MAX_EARLY_BYTES} early bytes of this connection and a maximum for all connections. A connection with more is not
 * read until its next request's turn, for {@code head-timeout} at most. Beyond these limits early bytes are dropped and the
 * connection closes after the next reply; the client repeats what was not answered (RFC 9112 section 9.3.2). A client that
 * closes one direction counts as gone, as in Vert.x.
 *
 * <p>A head must arrive within {@code head-timeout}: of the beginning of the connection, later of its own first byte. So must
 * the rest of a request that was answered early; until then the connection counts as idle.
 *
 * <p>After its last reply a connection stays readable for a while, so that the client can read that reply before bytes that
 * it still sends make the kernel reset the connection (RFC 9112 section 9.6).
 *
 * <p>Used on the connection's event loop.
 */
final class RequestDecoder extends StrictRequestDecoder {
    static final int MAX_EARLY_BYTES = 65_536;
    private static final AttributeKey<RequestDecoder> KEY = AttributeKey.valueOf(RequestDecoder.class, "requests");

    private enum Phase {
        HEAD,
        BODY,
        /** The whole request has arrived, its reply has not gone out. */
        REPLY,
        /** The last reply has gone out; whatever arrives is dropped. */
        CLOSING
    }

    private final ClientConnections connections;
    private final Object client;
    private @Nullable ChannelHandlerContext context;
    private Phase phase = Phase.HEAD;
    private boolean discardsBody;
    private boolean answered;
    private boolean lastReply;
    private boolean readingStopped;
    private long earlyBytes;
    private Deadlines.@Nullable Deadline deadline;

    /** @param client the key by which this client's connections are counted */
    RequestDecoder(HttpServerOptions options, ClientConnections connections, Object client) {
        super(options);
        this.connections = connections;
        this.client = client;
    }

    /** The decoder of the connection that {@code request} came on. */
    static RequestDecoder of(HttpServerRequest request) {
        HttpServerConnection connection = (HttpServerConnection) request.connection();
        return Objects.requireNonNull(
                connection.channelHandlerContext().channel().attr(KEY).get());
    }

    Object client() {
        return client;
    }

    /** Drops the rest of the body that is arriving. */
    void discardBody() {
        discardsBody = true;
    }

    /** Closes the connection after the reply under way, and serves no further request. */
    void closeAfterReply() {
        lastReply = true;
    }

    boolean closesAfterReply() {
        return lastReply;
    }

    /** Closes the connection now. */
    void close(CloseReason reason) {
        connections.count(reason);
        closeNow();
    }

    private void closeNow() {
        if (context != null) {
            var unused = context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        super.handlerAdded(added);
        context = added;
        added.channel().attr(KEY).set(this);
        connections.addIdle(this);
        startHeadTimeout();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        cancelDeadline();
        connections.removeIdle(this);
        releaseEarlyBytes();
        context = null;
        super.handlerRemoved0(removed);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (phase == Phase.CLOSING) {
            var unused = in.skipBytes(in.readableBytes());
            return;
        }
        if (phase == Phase.REPLY) {
            keepEarlyBytes(in);
            return;
        }
        super.decode(context, in, out);
        if (!out.isEmpty()) {
            decoded(out);
        } else if (deadline == null && hasBegun()) {
            startHeadTimeout();
        }
    }

    /** An incomplete request is dropped when the connection has ended. */
    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) {}

    private void decoded(List<Object> messages) {
        Object first = messages.get(0);
        Object last = messages.get(messages.size() - 1);
        boolean malformed =
                last instanceof LastHttpContent end && end.decoderResult().isFailure();
        if (first instanceof HttpRequest request) {
            connections.removeIdle(this);
            cancelDeadline();
            phase = Phase.BODY;
            discardsBody = false;
            malformed |= request.decoderResult().isFailure();
            putCloseFirst(request.headers());
        }
        lastReply |= malformed;
        if (last instanceof HttpContent content && content.content().isReadable()) {
            replaceContent(content, messages);
        }
        if (malformed || last instanceof LastHttpContent) {
            phase = Phase.REPLY;
            if (answered) {
                nextRequest();
            }
        }
    }

    /** Puts {@code close} on a first line of its own, where Vert.x expects it. */
    private static void putCloseFirst(HttpHeaders headers) {
        if (headers.contains(HeaderNames.CONNECTION)
                && headers.containsValue(HeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            List<String> options = new ArrayList<>(headers.getAll(HeaderNames.CONNECTION));
            if (!options.get(0).equalsIgnoreCase("close")) {
                options.add(0, "close");
                headers.set(HeaderNames.CONNECTION, options);
            }
        }
    }

    /** Puts the last of {@code messages} on the heap, where Vert.x would copy it to anyhow, or drops it. */
    private void replaceContent(HttpContent content, List<Object> messages) {
        var unused = messages.remove(messages.size() - 1);
        if (discardsBody) {
            unused = content.release();
        } else {
            unused = messages.add(new DefaultHttpContent(VertxHandler.safeBuffer(content.content())));
        }
        if (content instanceof LastHttpContent) {
            unused = messages.add(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    /** The reply has gone out, maybe before the whole request has arrived. */
    void replied() {
        answered = true;
        if (phase == Phase.REPLY || lastReply) {
            nextRequest();
        } else {
            connections.addIdle(this);
            startHeadTimeout();
        }
    }

    private void nextRequest() {
        cancelDeadline();
        connections.addIdle(this);
        ChannelHandlerContext here = context;
        if (lastReply) {
            closeSoon();
            return;
        }
        phase = Phase.HEAD;
        answered = false;
        if (here != null && (readingStopped || actualReadableBytes() > 0)) {
            // In a task of its own, since many early requests would nest.
            here.executor().execute(this::decodeEarlyBytes);
        }
    }

    private void decodeEarlyBytes() {
        ChannelHandlerContext here = context;
        if (here == null) {
            return;
        }
        try {
            if (actualReadableBytes() > 0) {
                channelRead(here, Unpooled.EMPTY_BUFFER);
                channelReadComplete(here);
            }
        } catch (Exception broken) {
            var unused = here.fireExceptionCaught(broken);
        }
        if (phase != Phase.REPLY || actualReadableBytes() == 0) {
            releaseEarlyBytes();
        }
        if (readingStopped && actualReadableBytes() <= MAX_EARLY_BYTES) {
            setReading(true);
        }
    }

    /** Keeps the bytes of requests that wait for their turn, up to the limits. */
    private void keepEarlyBytes(ByteBuf in) {
        if (!lastReply && !reserveEarlyBytes(in.capacity())) {
            dropEarlyRequests();
        }
        if (lastReply) {
            var unused = in.skipBytes(in.readableBytes());
        } else if (in.readableBytes() > MAX_EARLY_BYTES) {
            setReading(false);
            if (deadline == null) {
                startHeadTimeout();
            }
        }
    }

    private void dropEarlyRequests() {
        connections.count(CloseReason.PIPELINE);
        lastReply = true;
        releaseEarlyBytes();
        cancelDeadline();
    }

    private boolean reserveEarlyBytes(long total) {
        boolean reserved = connections.limits().reserveEarly(total - earlyBytes);
        if (reserved) {
            earlyBytes = total;
        }
        return reserved;
    }

    private void releaseEarlyBytes() {
        connections.limits().releaseEarly(earlyBytes);
        earlyBytes = 0;
    }

    private void setReading(boolean on) {
        ChannelHandlerContext here = context;
        if (here != null && (readingStopped == on || here.channel().config().isAutoRead() != on)) {
            readingStopped = !on;
            var unused = here.channel().config().setAutoRead(on);
        }
    }

    private void startHeadTimeout() {
        deadline = connections.headTimeout().set(this::headTimedOut);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    private void headTimedOut() {
        deadline = null;
        ChannelHandlerContext here = context;
        if (here == null) {
            return;
        }
        if (phase == Phase.REPLY) {
            dropEarlyRequests();
            decodeEarlyBytes();
        } else if (answered) {
            connections.count(CloseReason.HEAD_TIMEOUT);
            lastReply = true;
            closeSoon();
        } else if (hasBegun()) {
            lastReply = true;
            connections.removeIdle(this);
            phase = Phase.REPLY;
            connections.count(CloseReason.HEAD_TIMEOUT);
            var unused = here.fireChannelRead(unreadable(new GatewayException(
                            Failure.HEAD_TIMEOUT,
                            "The head of the request did not arrive within head-timeout, "
                                    + connections.headTimeout().time().toMillis() + " ms")))
                    .fireChannelReadComplete();
        } else {
            close(CloseReason.HEAD_TIMEOUT);
        }
    }

    /** Ends the output, and closes the connection when the client has, or after a while. */
    private void closeSoon() {
        phase = Phase.CLOSING;
        releaseEarlyBytes();
        ChannelHandlerContext here = context;
        if (here == null) {
            return;
        }
        if (!(here.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
            closeNow();
            return;
        }
        deadline = connections.linger().set(this::closeNow);
        SslHandler tls = here.pipeline().get(SslHandler.class);
        Future<?> ended = tls == null ? here.newSucceededFuture() : tls.closeOutbound();
        ended.addListener(done -> {
            var unused = channel.shutdownOutput();
        });
        // In a task of its own: Vert.x may stop reading when it gets what has been decoded with this.
        here.executor().execute(() -> setReading(true));
    }
}
