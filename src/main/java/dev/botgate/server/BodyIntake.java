package dev.botgate.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.VertxHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a connection between the decoder and Vert.x. Takes the bytes of a large body from the network straight to
 * where they are held, instead of through two copies more, and lets go of what nobody will read before it takes memory.
 *
 * <p>What Vert.x is given is on the heap, where it would copy it to anyhow: what it holds for who reads slowly is not
 * released when the connection closes.
 *
 * <p>Used on the connection's event loop.
 */
final class BodyIntake extends ChannelInboundHandlerAdapter {
    private static final String VERTX = "handler";
    private static final String NAME = "bodies";

    /** The headers of the request whose body arrives. */
    private @Nullable Object head;

    private long arrived;
    private @Nullable Landing landing;
    private boolean unwanted;

    /** Puts one into a connection on which nothing has arrived. */
    static void into(ChannelPipeline pipeline) {
        ChannelPipeline unused = pipeline.addBefore(VERTX, NAME, new BodyIntake());
    }

    /** The one through which the body of {@code request} still arrives; empty where another's does already. */
    static Optional<BodyIntake> of(HttpServerRequest request) {
        return request.connection() instanceof HttpServerConnection server
                        && server.channelHandlerContext().pipeline().get(NAME) instanceof BodyIntake intake
                        && intake.head == request.headers()
                ? Optional.of(intake)
                : Optional.empty();
    }

    /** Lets what comes from now on land there. */
    void landOn(Landing place) {
        landing = place;
    }

    /** Lets go of what comes from now on. */
    void letGo() {
        unwanted = true;
        landing = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            head = request.headers();
            arrived = 0;
            landing = null;
            unwanted = false;
        } else if (message instanceof HttpContent content && content.content().isReadable()) {
            content(context, content);
            return;
        }
        context.fireChannelRead(message);
    }

    private void content(ChannelHandlerContext context, HttpContent content) {
        ByteBuf bytes = content.content();
        long offset = arrived;
        arrived += bytes.readableBytes();
        Landing place = landing;
        if (unwanted) {
            if (content instanceof LastHttpContent) {
                replace(context, content, Unpooled.EMPTY_BUFFER);
            } else {
                content.release();
            }
        } else if (place != null && place.takes(offset, bytes.readableBytes())) {
            replace(context, content, place.take(bytes, (int) offset));
        } else {
            onTheHeap(context, content);
        }
    }

    private static void onTheHeap(ChannelHandlerContext context, HttpContent content) {
        context.fireChannelRead(new DefaultHttpContent(VertxHandler.safeBuffer(content.content())));
        if (content instanceof LastHttpContent) {
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private static void replace(ChannelHandlerContext context, HttpContent content, ByteBuf bytes) {
        HttpContent other = content.replace(bytes);
        content.release();
        context.fireChannelRead(other);
    }
}
