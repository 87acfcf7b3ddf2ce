package dev.botgate.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;

/**
 * Closes a connection to an upstream at once. Vert.x would first flush pending writes, which never ends if the upstream
 * has stopped reading: an abandoned request would keep its socket and body.
 *
 * <p>No request is cut, since a connection is closed only when its requests have ended or were abandoned.
 */
final class ImmediateClose extends ChannelOutboundHandlerAdapter {
    private static final String NAME = "immediate-close";

    private final ChannelHandlerContext vertx;

    private ImmediateClose(ChannelHandlerContext vertx) {
        this.vertx = vertx;
    }

    /** Installs a handler in {@code connection}. */
    static void into(HttpConnection connection) {
        if (connection instanceof HttpClientConnectionInternal client) {
            ChannelHandlerContext vertx = client.channelHandlerContext();
            ChannelPipeline unused = vertx.pipeline().addLast(NAME, new ImmediateClose(vertx));
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        // Closes past the handler of Vert.x, then closes that.
        var unused = context.close(promise);
        unused = vertx.close();
    }
}
