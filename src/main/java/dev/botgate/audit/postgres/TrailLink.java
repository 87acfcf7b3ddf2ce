package dev.botgate.audit.postgres;

import dev.botgate.failure.FatalErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the trail connected: opens its connection again whenever it ends, and makes pauses after failures, twice as
 * long each time, up to a second.
 *
 * <p>Used on the trail's context only.
 */
final class TrailLink {
    private static final long SHORTEST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final UUID boot;
    private final Duration patience;
    private final Runnable ready;
    private final Consumer<String> trouble;
    private @Nullable TrailConnection connection;
    private long pauseMillis = SHORTEST_PAUSE_MILLIS;
    private boolean pausing;
    private boolean closed;

    /**
     * A link that is not open yet.
     *
     * @param boot the run that writes
     * @param ready runs when there may be a usable connection after there was none
     * @param trouble hears why there is no usable connection
     */
    TrailLink(
            Vertx vertx,
            DatabaseAddress address,
            UUID boot,
            Duration commitTimeout,
            Runnable ready,
            Consumer<String> trouble) {
        this.vertx = vertx;
        this.address = address;
        this.boot = boot;
        Duration twice = commitTimeout.plus(commitTimeout);
        this.patience = twice.compareTo(LEAST_PATIENCE) > 0 ? twice : LEAST_PATIENCE;
        this.ready = ready;
        this.trouble = trouble;
    }

    /** Connects for the first time, and writes nothing, which shows whether something could be written. */
    Future<Void> open() {
        return TrailConnection.open(vertx, address, boot, patience).compose(opened -> opened.write(Rows.NONE)
                .onSuccess(written -> use(opened))
                .onFailure(cause -> opened.discard()));
    }

    /** The connection, when there is one and no pause. */
    @Nullable
    TrailConnection usable() {
        return pausing ? null : connection;
    }

    /** Forgets past failures. */
    void worked() {
        pauseMillis = SHORTEST_PAUSE_MILLIS;
    }

    /** Keeps the connection, but leaves it alone for a while. */
    void pause() {
        if (pausing || closed) {
            return;
        }
        pausing = true;
        long jittered = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        vertx.setTimer(jittered, ignored -> resume());
    }

    /** Lets go of the connection, and opens another one after a while. */
    void renew() {
        if (connection != null) {
            connection.discard();
            connection = null;
        }
        pause();
    }

    Future<Void> close() {
        closed = true;
        return connection == null ? Future.succeededFuture() : connection.close();
    }

    private void resume() {
        pausing = false;
        if (closed) {
            return;
        }
        if (connection != null) {
            ready.run();
            return;
        }
        pausing = true;
        TrailConnection.open(vertx, address, boot, patience)
                .onComplete(
                        opened -> {
                            pausing = false;
                            use(opened);
                            ready.run();
                        },
                        cause -> {
                            FatalErrors.report(cause);
                            trouble.accept("There is no usable connection to the database: " + cause.getMessage());
                            pausing = false;
                            pause();
                        });
    }

    private void use(TrailConnection opened) {
        if (closed) {
            opened.discard();
            return;
        }
        connection = opened;
        opened.onEnd(() -> {
            if (connection == opened) {
                connection = null;
                trouble.accept("The connection to the database was lost");
                pause();
            }
        });
    }
}
