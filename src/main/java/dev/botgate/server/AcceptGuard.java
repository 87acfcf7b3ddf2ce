package dev.botgate.server;

import dev.botgate.failure.FatalErrors;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener accepting, and from accepting faster than connections that are too many can be ended.
 *
 * <p>Whatever throws in accepting, such as too many open files, stops it for a second only. Netty does the same, but logs each
 * time. Without descriptors no class can be loaded from a directory either, so nothing comes before the next try is certain.
 *
 * <p>Connections are accepted on an event loop of their own; those that serve them find out that there are too many. So that
 * a flood takes no descriptors meanwhile, accepting waits while there are {@value #AHEAD} more than there may be.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter implements ChannelFutureListener {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptGuard.class);
    private static final AttributeKey<Boolean> GUARDED = AttributeKey.valueOf("botgate.accept-guard");
    private static final int AHEAD = 32;
    private static final long PAUSE_MILLIS = 1_000;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Channel listener;
    private final int maximum;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean waiting;
    private boolean logged;
    private long loggedNanos;

    private AcceptGuard(Channel listener, int maximum) {
        this.listener = listener;
        this.maximum = maximum;
    }

    /** Guards the listener, unless that is done already. Safe on any thread. */
    static void on(Channel listener, ConnectionLimits limits) {
        if (listener.attr(GUARDED).setIfAbsent(true) == null) {
            var unused = listener.pipeline().addFirst(new AcceptGuard(listener, limits.maximum() + AHEAD));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        if (connection instanceof Channel accepted) {
            if (open.incrementAndGet() >= maximum) {
                acceptOrWait();
            }
            var unused = accepted.closeFuture().addListener(this);
        }
        context.fireChannelRead(connection);
    }

    /** A connection was closed, on the event loop that served it. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        if (waiting) {
            // Its descriptor is free once the event loop has looked for events again, which comes before what is
            // scheduled.
            var unused = closed.channel().eventLoop().schedule(this::gone, 1, TimeUnit.MILLISECONDS);
        } else {
            gone();
        }
    }

    private void gone() {
        if (open.decrementAndGet() < maximum && waiting && listener.isOpen()) {
            listener.eventLoop().execute(this::acceptOrWait);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener.config().setAutoRead(false);
        var unused = listener.eventLoop().schedule(this::acceptOrWait, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        long now = System.nanoTime();
        if (!logged || now - loggedNanos > QUIET_NANOS) {
            logged = true;
            loggedNanos = now;
            LOG.atError()
                    .addKeyValue("address", listener.localAddress())
                    .addKeyValue("cause", cause.toString())
                    .log("Accepting connections failed; it is tried again each second");
        }
        FatalErrors.report(cause);
    }

    /** On the event loop that accepts. Who closes a connection meanwhile sees {@code waiting}, or is seen here. */
    private void acceptOrWait() {
        waiting = true;
        waiting = open.get() >= maximum;
        var unused = listener.config().setAutoRead(!waiting);
    }
}
