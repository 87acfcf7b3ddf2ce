package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a connection between Vert.x and the encoder, and follows the replies: tells {@link RequestDecoder} when the last
 * byte of one has gone out to the socket, and {@link SlowClients} when the socket takes no more.
 *
 * <p>Used on the connection's event loop.
 */
final class ReplyWatch extends ChannelOutboundHandlerAdapter implements ChannelFutureListener {
    private final RequestDecoder requests;
    private final SlowClients slow;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Object writing;
    private long progress;

    /** For {@link SlowClients}: the bytes that are counted there. */
    long counted;

    /** For {@link SlowClients}: when something must have been taken. */
    Deadlines.@Nullable Deadline deadline;

    ReplyWatch(RequestDecoder requests, SlowClients slow) {
        this.requests = requests;
        this.slow = slow;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        slow.over(this);
        context = null;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean interim = false;
        if (message instanceof HttpResponse response) {
            interim = response.status().code() < 200;
            if (!interim) {
                head(response);
            }
        }
        if (message instanceof LastHttpContent && !interim) {
            var unused = context.write(message, promise.unvoid().addListener(this));
        } else {
            var unused = context.write(message, promise);
        }
    }

    private void head(HttpResponse response) {
        // RFC 9112 section 6.3: for a client that does not know chunks only the connection's end ends such a body.
        if (response.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !(response instanceof FullHttpResponse)
                && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            requests.endWithThisReply();
        }
        if (requests.endsWithThisReply()) {
            var unused = response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        var unused = context.flush();
        if (unsent() > 0) {
            slow.stalled(this);
        }
    }

    /** The last byte of a reply has gone out. */
    @Override
    public void operationComplete(ChannelFuture written) {
        if (written.isSuccess()) {
            if (unsent() == 0) {
                slow.over(this);
            }
            requests.answered();
        }
    }

    /** The bytes that were written and that the socket has not taken. */
    long unsent() {
        ChannelOutboundBuffer buffer = buffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Remembers how far the socket has come. */
    void remember() {
        ChannelOutboundBuffer buffer = buffer();
        writing = buffer == null ? null : buffer.current();
        progress = buffer == null ? 0 : buffer.currentProgress();
    }

    /** Whether the socket has come further since that was remembered; and remembers it anew. */
    boolean comesOn() {
        Object before = writing;
        long seen = progress;
        remember();
        return writing != before || progress != seen;
    }

    private @Nullable ChannelOutboundBuffer buffer() {
        ChannelHandlerContext here = context;
        return here == null ? null : here.channel().unsafe().outboundBuffer();
    }

    void close(CloseReason why) {
        requests.close(why);
    }
}
