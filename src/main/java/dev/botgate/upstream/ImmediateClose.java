package dev.botgate.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnectionInternal;

/**
 * Stands behind Vert.x in a connection to an upstream, so that closing closes it. Vert.x first lets what is written go out,
 * which never ends where the upstream has stopped to read: the request would be given up, and its socket and body kept.
 *
 * <p>Nothing is lost by that, since a connection is closed only when its requests are over or given up.
 */
final class ImmediateClose extends ChannelOutboundHandlerAdapter {
    private static final String NAME = "prompt-close";

    private final ChannelHandlerContext vertx;

    private ImmediateClose(ChannelHandlerContext vertx) {
        this.vertx = vertx;
    }

    /** Puts one into {@code connection}. */
    static void into(HttpConnection connection) {
        if (connection instanceof HttpClientConnectionInternal client) {
            ChannelHandlerContext vertx = client.channelHandlerContext();
            ChannelPipeline unused = vertx.pipeline().addLast(NAME, new ImmediateClose(vertx));
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        // Vert.x lets go of its side; from its place on, the way to the socket is free.
        var unused = context.close(promise);
        unused = vertx.close();
    }
}
