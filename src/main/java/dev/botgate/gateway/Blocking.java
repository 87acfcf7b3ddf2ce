package dev.botgate.gateway;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for futures, on a thread that may. */
public final class Blocking {
    private Blocking() {}

    /**
     * What {@code future} gives.
     *
     * @throws IllegalStateException when it is not done within {@code atMost}
     */
    public static <T> T await(Future<T> future, Duration atMost) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException("Nothing came of it within " + atMost.toSeconds() + " s", e);
        }
    }
}
