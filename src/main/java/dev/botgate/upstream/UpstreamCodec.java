package dev.botgate.upstream;

import dev.botgate.exchange.HeaderSyntax;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on a connection to an upstream, without pipelining. Replaces Netty's codec, which takes any bytes after a
 * complete reply as the next reply.
 *
 * <ul>
 *   <li>Bytes that arrive while no request is awaiting a reply end the connection (RFC 9112 section 6.3). So on a
 *       reused connection {@link #drainSocket} comes before the request is sent.
 *   <li>A reply without a body whose head announces one is the last of its connection, since the body may follow.
 *   <li>A failed write leaves the connection open for reading, since a reply may already have been sent.
 *   <li>When the upstream closes after a complete reply, the connection is closed once the reply has been read: on
 *       close, Vert.x drops what it still holds for a paused reader.
 *   <li>Interim replies are skipped (RFC 9110 section 15.2), except 101: no upgrade is ever requested.
 * </ul>
 *
 * <p>Used on the connection's event loop.
 */
final class UpstreamCodec extends CombinedChannelDuplexHandler<HttpResponseDecoder, HttpRequestEncoder> {
    private static final String NAME = "codec";
    private static final AttributeKey<UpstreamCodec> KEY = AttributeKey.valueOf(UpstreamCodec.class, NAME);

    private final HttpClientConnectionInternal connection;
    private boolean headRequested;
    private boolean awaitingReply;
    private boolean sending;
    private boolean used;
    private boolean unusable;
    private boolean bodyMayFollow;
    private @Nullable HttpResponse reply;

    private UpstreamCodec(HttpClientConnectionInternal connection, HttpDecoderConfig limits) {
        this.connection = connection;
        init(new Decoder(limits), new HttpRequestEncoder());
    }

    /** Installs a codec in {@code connection}, on which nothing has been sent. */
    static void into(HttpConnection connection, HttpDecoderConfig limits) {
        HttpClientConnectionInternal client = (HttpClientConnectionInternal) connection;
        Channel channel = client.channelHandlerContext().channel();
        UpstreamCodec codec = new UpstreamCodec(client, limits);
        ChannelHandler unused = channel.pipeline().replace(NAME, NAME, codec);
        channel.attr(KEY).set(codec);
        channel.config().setAutoClose(false);
        boolean applied = channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        assert applied : "sockets support half closure";
    }

    /** The codec of {@code connection}. */
    static UpstreamCodec of(HttpConnection connection) {
        // Not from the pipeline, which is empty once the connection is closed.
        return ((HttpClientConnectionInternal) connection)
                .channelHandlerContext()
                .channel()
                .attr(KEY)
                .get();
    }

    /**
     * Begins the use of the connection by another request, before it is sent.
     *
     * @return whether the connection was used before
     */
    boolean beginUse() {
        boolean again = used;
        used = true;
        reply = null;
        return again;
    }

    /** Whether a request may be sent. */
    boolean isUsable() {
        return !unusable && connection.channelHandlerContext().channel().isActive();
    }

    /**
     * Reads what the upstream sent before this request, which cannot be a reply to it.
     *
     * @return succeeds on {@code context} once it has been read
     */
    Future<Void> drainSocket(ContextInternal context) {
        Promise<Void> read = context.promise();
        // Each turn of an event loop reads its sockets, collects scheduled tasks that are due, then runs tasks.
        // So a task that is scheduled by a task runs in the next turn, after the sockets were read.
        EventLoop loop = connection.channelHandlerContext().channel().eventLoop();
        loop.execute(() -> {
            var unused = loop.schedule(() -> read.complete(), 0, TimeUnit.NANOSECONDS);
        });
        return read.future();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest request) {
            headRequested = request.method().equals(HttpMethod.HEAD);
            awaitingReply = true;
            sending = true;
        }
        if (message instanceof LastHttpContent) {
            sending = false;
        }
        super.write(context, message, promise);
    }

    /** Ends the connection: bytes came that belong to no reply, or no more bytes will come. */
    private void end(ChannelHandlerContext context) {
        unusable = true;
        HttpResponse last = reply;
        if (last != null && connection.activeStreams() > 0) {
            // Its reader may have paused; Vert.x closes the connection once the reply has been read.
            closeAfter(last);
        } else {
            var unused = context.close();
        }
    }

    /** Makes {@code reply} the last on its connection. Vert.x reads only the first value of Connection, as one token. */
    private static void closeAfter(HttpResponse reply) {
        HttpHeaders headers = reply.headers();
        List<CharSequence> closeFirst = new ArrayList<>(List.of(HttpHeaderValues.CLOSE));
        closeFirst.addAll(headers.getAll(HttpHeaderNames.CONNECTION));
        headers.set(HttpHeaderNames.CONNECTION, closeFirst);
    }

    private final class Decoder extends HttpResponseDecoder {
        Decoder(HttpDecoderConfig limits) {
            super(limits);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            if (!awaitingReply) {
                bytes.skipBytes(bytes.readableBytes());
                end(context);
                return;
            }
            int before = out.size();
            super.decode(context, bytes, out);
            if (out.size() == before) {
                return;
            }
            if (out.get(before) instanceof HttpResponse head
                    && head.decoderResult().isSuccess()) {
                if (isInterim(head)) {
                    out.subList(before, out.size()).clear();
                    return;
                }
                reply = head;
                if (bodyMayFollow || announcesClose(head.headers())) {
                    closeAfter(head);
                }
            }
            if (out.get(out.size() - 1) instanceof LastHttpContent end
                    && end.decoderResult().isSuccess()) {
                awaitingReply = false;
            }
        }

        @Override
        protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) throws Exception {
            int before = out.size();
            super.decodeLast(context, bytes, out);
            if (out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent) {
                awaitingReply = false;
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            super.userEventTriggered(context, event);
            if (event instanceof ChannelInputShutdownEvent) {
                if (awaitingReply || sending) {
                    var unused = context.close();
                } else {
                    end(context);
                }
            }
        }

        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage message) {
            boolean empty = super.isContentAlwaysEmpty(message)
                    || (headRequested && message instanceof HttpResponse head && !isInterim(head));
            // Checked here, since Netty removes Transfer-Encoding afterwards.
            bodyMayFollow = empty && announcesBody(message.headers());
            return empty;
        }
    }

    private static boolean isInterim(HttpResponse head) {
        HttpResponseStatus status = head.status();
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    /** RFC 9110 section 7.6.1, RFC 9112 section 9.6. */
    private static boolean announcesClose(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.CONNECTION)
                && HeaderSyntax.list(headers.getAll(HttpHeaderNames.CONNECTION)).stream()
                        .anyMatch("close"::equalsIgnoreCase);
    }

    private static boolean announcesBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || headers.getAll(HttpHeaderNames.CONTENT_LENGTH).stream().anyMatch(length -> !length.equals("0"));
    }
}
