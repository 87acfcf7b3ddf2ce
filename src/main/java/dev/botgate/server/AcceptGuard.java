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
 * Keeps a listener accepting after failures, and pauses it while too many connections are open.
 *
 * <p>After a failure, such as too many open files, accepting is tried again a second later. Netty does the same, but logs each
 * failure. The retry is scheduled before anything else: without file descriptors no class may be loaded.
 *
 * <p>Connections are accepted on an event loop of their own, and refused on others. So that a flood takes no file descriptors
 * meanwhile, accepting pauses while there are {@value #AHEAD} connections beyond the maximum.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter implements ChannelFutureListener {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptGuard.class);
    private static final AttributeKey<Boolean> GUARDED = AttributeKey.valueOf("botgate.accept-guard");
    private static final int AHEAD = 32;
    private static final long PAUSE_MILLIS = 1_000;
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Channel listener;
    private final int maximum;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean paused;
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
                acceptOrPause();
            }
            var unused = accepted.closeFuture().addListener(this);
        }
        context.fireChannelRead(connection);
    }

    /** A connection was closed, on the event loop that served it. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        if (paused) {
            // The event loop frees the descriptor in its next round, before scheduled tasks run.
            var unused = closed.channel().eventLoop().schedule(this::closed, 1, TimeUnit.MILLISECONDS);
        } else {
            closed();
        }
    }

    private void closed() {
        if (open.decrementAndGet() < maximum && paused && listener.isOpen()) {
            listener.eventLoop().execute(this::acceptOrPause);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        listener.config().setAutoRead(false);
        var unused = listener.eventLoop().schedule(this::acceptOrPause, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        long now = System.nanoTime();
        if (!logged || now - loggedNanos > LOG_INTERVAL_NANOS) {
            logged = true;
            loggedNanos = now;
            LOG.atError()
                    .addKeyValue("address", listener.localAddress())
                    .addKeyValue("cause", cause.toString())
                    .log("Accepting connections failed; retrying every second");
        }
        FatalErrors.report(cause);
    }

    /** On the event loop that accepts. A connection that closes meanwhile sees {@code paused}, or is counted here. */
    private void acceptOrPause() {
        paused = true;
        paused = open.get() >= maximum;
        var unused = listener.config().setAutoRead(!paused);
    }
}
