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
 * Notices a listener that does not accept connections, or does not read them: asks {@code OPTIONS *} of it from time to time,
 * as anybody could. One that closes the connection has accepted it.
 *
 * <p>The problem is known on any thread.
 */
final class ListenerProbe {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Buffer REQUEST =
            Buffer.buffer("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    private final Vertx vertx;
    private final NetClient client;
    private final URI listener;
    private final Promise<Void> ended = Promise.promise();
    private volatile @Nullable String problem;
    private boolean asking;
    private boolean stopped;

    /** @param vertx whose event loop asks; another one than the listener's */
    ListenerProbe(Vertx vertx, URI listener) {
        this.vertx = vertx;
        this.listener = listener;
        this.client =
                vertx.createNetClient(new NetClientOptions().setConnectTimeout(Math.toIntExact(PATIENCE.toMillis())));
    }

    void start() {
        vertx.runOnContext(now -> ask());
    }

    /**
     * Asks no more, so that a listener that closes meets none of its requests.
     *
     * @return succeeds when no request is under way
     */
    Future<Void> stop() {
        vertx.runOnContext(now -> {
            stopped = true;
            if (!asking) {
                ended.tryComplete();
            }
        });
        return ended.future();
    }

    /** Why the last request had no reply; empty when it had one. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void ask() {
        if (stopped) {
            return;
        }
        asking = true;
        client.connect(listener.getPort(), listener.getHost().replaceAll("[\\[\\]]", ""))
                .compose(ListenerProbe::answer)
                .onComplete(
                        answered -> problem = null,
                        cause -> problem = listener.getAuthority() + " does not answer: " + cause.getMessage())
                .onComplete(asked -> {
                    asking = false;
                    if (stopped) {
                        ended.tryComplete();
                    } else {
                        vertx.setTimer(INTERVAL.toMillis(), next -> ask());
                    }
                });
    }

    private static Future<Void> answer(NetSocket socket) {
        Promise<Void> answered = Promise.promise();
        socket.exceptionHandler(cause -> {});
        socket.handler(bytes -> answered.tryComplete());
        socket.closeHandler(closed -> answered.tryComplete());
        return socket.write(REQUEST)
                .transform(written -> answered.future())
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .eventually(socket::close);
    }
}
