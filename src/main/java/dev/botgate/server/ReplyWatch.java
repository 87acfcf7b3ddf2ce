package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import dev.botgate.server.ClientConnections.CloseReason;
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
 * A handler between Vert.x and the encoder that follows the replies: it tells {@link RequestDecoder} when the last byte of one
 * has gone out to the socket, and {@link SlowClients} when the socket accepts no more. Used on the connection's event loop.
 */
final class ReplyWatch extends ChannelOutboundHandlerAdapter implements ChannelFutureListener {
    private final RequestDecoder requests;
    private final SlowClients slow;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Object currentMessage;
    private long currentProgress;

    /** For {@link SlowClients}: the unsent bytes that it has counted. */
    long counted;

    /** For {@link SlowClients}: when the client must have read something. */
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
        slow.remove(this);
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
        // RFC 9112 section 6.3: for HTTP/1.0, only the end of the connection ends a body of unknown length.
        if (response.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !(response instanceof FullHttpResponse)
                && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            requests.closeAfterReply();
        }
        if (requests.closesAfterReply()) {
            var unused = response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        var unused = context.flush();
        if (unsent() > 0) {
            slow.add(this);
        }
    }

    /** The last byte of a reply has gone out. */
    @Override
    public void operationComplete(ChannelFuture written) {
        if (written.isSuccess()) {
            if (unsent() == 0) {
                slow.remove(this);
            }
            requests.replied();
        }
    }

    /** The bytes that were written and that the socket has not accepted. */
    long unsent() {
        ChannelOutboundBuffer buffer = buffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Whether the socket has accepted bytes since this was last called. */
    boolean progressed() {
        Object message = currentMessage;
        long progress = currentProgress;
        ChannelOutboundBuffer buffer = buffer();
        currentMessage = buffer == null ? null : buffer.current();
        currentProgress = buffer == null ? 0 : buffer.currentProgress();
        return currentMessage != message || currentProgress != progress;
    }

    private @Nullable ChannelOutboundBuffer buffer() {
        ChannelHandlerContext here = context;
        return here == null ? null : here.channel().unsafe().outboundBuffer();
    }

    void close(CloseReason reason) {
        requests.close(reason);
    }
}
