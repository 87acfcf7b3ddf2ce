package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the requests of one connection, one at a time: nothing of a request is decoded before the reply to the one before
 * it has gone out to the socket (RFC 9112 section 9.3.2 leaves that to the server).
 *
 * <p>Vert.x decodes ahead, holds what it has decoded, and never releases it where the connection closes first; and it answers
 * the next request whether or not the client takes its replies. Here what comes early stays what it is, bytes in this
 * decoder's buffer, which Netty releases with the connection; and a client that reads nothing has one reply waiting for it.
 *
 * <p>The end of a connection is noticed by reading only. So reading goes on while a request is under way, up to
 * {@value #MAX_HELD} bytes of requests in a pipeline, and as long as all connections together do not hold too much of them.
 * A connection that sends more is not read from until its turn comes; since its client may leave meanwhile unnoticed, it has
 * the time of one head for that. Whatever is beyond these bounds is let go of, reading goes on, and the connection is closed
 * after the reply that is due: RFC 9112 section 9.3.2 has clients send again what was not answered. Who closes one direction
 * only has left, as for Vert.x.
 *
 * <p>A head must arrive within the same time: from its first byte on, the first one from the beginning of the connection.
 * So must the rest of a request that was answered before it had arrived; until then the connection counts as idle.
 *
 * <p>Used on the connection's event loop.
 */
final class RequestDecoder extends StrictRequestDecoder {
    static final int MAX_HELD = 65_536;

    private enum Phase {
        HEAD,
        BODY,
        /** The request is here as a whole. */
        ANSWER
    }

    private final ClientConnections connections;
    private final IdleConnections.Entry idle;
    private @Nullable ChannelHandlerContext context;
    private Phase phase = Phase.HEAD;
    private boolean answered;
    private boolean endsWithThisReply;
    private boolean stopped;
    private long held;
    private Deadlines.@Nullable Deadline patience;

    RequestDecoder(HttpServerOptions options, ClientConnections connections, Object client) {
        super(options);
        this.connections = connections;
        this.idle = connections.idle().entry(client, () -> close(CloseReason.IDLE));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        super.handlerAdded(added);
        context = added;
        idle.begin();
        patience = connections.headTimeout().set(this::late);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        forgetPatience();
        idle.end();
        holdNothing();
        context = null;
        super.handlerRemoved0(removed);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (phase == Phase.ANSWER) {
            early(in);
            return;
        }
        super.decode(context, in, out);
        if (!out.isEmpty()) {
            decoded(out.get(0), out.get(out.size() - 1));
        } else if (patience == null && begun()) {
            patience = connections.headTimeout().set(this::late);
        }
    }

    /** Nothing is made of half a request when the connection has ended. */
    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) {}

    private void decoded(Object first, Object last) {
        boolean broken =
                last instanceof LastHttpContent end && end.decoderResult().isFailure();
        if (first instanceof HttpRequest request) {
            idle.end();
            forgetPatience();
            phase = Phase.BODY;
            broken |= request.decoderResult().isFailure();
            ConnectionOptions.putCloseFirst(request.headers());
        }
        endsWithThisReply |= broken;
        if (broken || last instanceof LastHttpContent) {
            phase = Phase.ANSWER;
            if (answered) {
                nextTurn();
            }
        }
    }

    /** The reply to the request under way has gone out, though the request may not have come whole. */
    void answered() {
        answered = true;
        if (phase == Phase.ANSWER || endsWithThisReply) {
            nextTurn();
        } else {
            idle.begin();
            patience = connections.headTimeout().set(this::late);
        }
    }

    private void nextTurn() {
        forgetPatience();
        if (endsWithThisReply) {
            closeSoon();
            return;
        }
        phase = Phase.HEAD;
        answered = false;
        idle.begin();
        ChannelHandlerContext here = context;
        if (here != null && (stopped || actualReadableBytes() > 0)) {
            // Not at once: a client that sends many requests at a time would nest them.
            here.executor().execute(this::goOn);
        }
    }

    private void goOn() {
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
        if (phase != Phase.ANSWER || actualReadableBytes() == 0) {
            holdNothing();
        }
        if (stopped && actualReadableBytes() <= MAX_HELD) {
            read(true);
        }
    }

    /** Bytes of a request that must wait for its turn. */
    private void early(ByteBuf in) {
        if (!endsWithThisReply && !hold(in.capacity())) {
            letGo();
        }
        if (endsWithThisReply) {
            var unused = in.skipBytes(in.readableBytes());
        } else if (in.readableBytes() > MAX_HELD) {
            read(false);
            if (patience == null) {
                patience = connections.headTimeout().set(this::late);
            }
        }
    }

    private void letGo() {
        connections.count(CloseReason.PIPELINE);
        endsWithThisReply = true;
        holdNothing();
        forgetPatience();
    }

    /** Counts what this connection's early bytes take; false where it is too much for all together. */
    private boolean hold(long bytes) {
        if (!connections.limits().holdEarly(bytes - held)) {
            return false;
        }
        held = bytes;
        return true;
    }

    private void holdNothing() {
        connections.limits().giveEarlyBack(held);
        held = 0;
    }

    private void read(boolean on) {
        ChannelHandlerContext here = context;
        if (here != null && (stopped == on || here.channel().config().isAutoRead() != on)) {
            stopped = !on;
            var unused = here.channel().config().setAutoRead(on);
        }
    }

    private void late() {
        patience = null;
        ChannelHandlerContext here = context;
        if (here == null) {
            return;
        }
        if (phase == Phase.ANSWER) {
            letGo();
            goOn();
        } else if (answered) {
            connections.count(CloseReason.HEAD_TIMEOUT);
            endsWithThisReply = true;
            closeSoon();
        } else if (begun()) {
            endsWithThisReply = true;
            idle.end();
            phase = Phase.ANSWER;
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

    private void forgetPatience() {
        Deadlines.Deadline set = patience;
        if (set != null) {
            set.cancel();
            patience = null;
        }
    }

    /** Says that no other request is served on this connection, and that it is closed after the reply under way. */
    void endWithThisReply() {
        endsWithThisReply = true;
    }

    boolean endsWithThisReply() {
        return endsWithThisReply;
    }

    /** Ends the connection at once. */
    void close(CloseReason why) {
        connections.count(why);
        closeNow();
    }

    private void closeNow() {
        ChannelHandlerContext here = context;
        if (here != null) {
            var unused = here.close();
        }
    }

    /** Lets the client read its reply before bytes that it still sends make the kernel drop it (RFC 9112 section 9.6). */
    private void closeSoon() {
        ChannelHandlerContext here = context;
        if (here == null) {
            return;
        }
        Channel channel = here.channel();
        if (channel instanceof DuplexChannel duplex && channel.isActive()) {
            var unused = duplex.shutdownOutput();
            patience = connections.linger().set(this::closeNow);
        } else {
            var unused = here.close();
        }
    }
}
