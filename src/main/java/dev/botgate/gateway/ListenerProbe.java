package dev.botgate.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Detects a listener that does not accept or read connections, by sending it {@code OPTIONS *} every second. A listener that
 * closes the connection has accepted it.
 *
 * <p>The result can be read on any thread.
 */
final class ListenerProbe {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Buffer REQUEST =
            Buffer.buffer("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    private final Vertx vertx;
    private final NetClient client;
    private final URI listener;
    private Future<Void> running = Future.succeededFuture();
    private boolean stopped;
    private volatile @Nullable String problem;

    /** @param vertx sends the requests; not the one of the listener */
    ListenerProbe(Vertx vertx, URI listener) {
        this.vertx = vertx;
        this.listener = listener;
        this.client =
                vertx.createNetClient(new NetClientOptions().setConnectTimeout(Math.toIntExact(TIMEOUT.toMillis())));
    }

    void start() {
        vertx.runOnContext(now -> probe());
    }

    /**
     * Sends no more requests, so that none meets a closing listener.
     *
     * @return succeeds once no request is running
     */
    Future<Void> stop() {
        Promise<Void> ended = Promise.promise();
        vertx.runOnContext(now -> {
            stopped = true;
            running.onComplete(ended);
        });
        return ended.future();
    }

    /** Why the last request got no reply; empty when it got one. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void probe() {
        if (stopped) {
            return;
        }
        running = client.connect(listener.getPort(), listener.getHost().replaceAll("[\\[\\]]", ""))
                .compose(ListenerProbe::exchange)
                .onSuccess(answered -> problem = null)
                .otherwise(cause -> {
                    problem = listener.getAuthority() + " does not answer: " + cause.getMessage();
                    return null;
                })
                .onComplete(done -> vertx.setTimer(INTERVAL.toMillis(), next -> probe()));
    }

    private static Future<Void> exchange(NetSocket socket) {
        Promise<Void> answered = Promise.promise();
        socket.exceptionHandler(cause -> {});
        socket.handler(bytes -> answered.tryComplete());
        socket.closeHandler(closed -> answered.tryComplete());
        return socket.write(REQUEST)
                .transform(written -> answered.future())
                .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .eventually(socket::close);
    }
}
