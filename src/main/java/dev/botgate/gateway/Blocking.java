package dev.botgate.gateway;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures, on a thread that may block. */
public final class Blocking {
    private Blocking() {}

    /**
     * The result of {@code future}.
     *
     * @throws IllegalStateException when it takes longer than {@code atMost}
     */
    public static <T> T await(Future<T> future, Duration atMost) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException("Timed out after " + atMost.toSeconds() + " s", e);
        }
    }
}
