package dev.botgate.audit.postgres;

import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.writer.TrailStore;
import dev.botgate.failure.FatalErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail's store in PostgreSQL: one connection, opened again whenever it ends, with pauses between the tries that double
 * up to a second.
 */
public final class PostgresStore implements TrailStore {
    private static final Logger log = LoggerFactory.getLogger(PostgresStore.class);
    private static final long MIN_PAUSE_MILLIS = 20;
    private static final long MAX_PAUSE_MILLIS = 1_000;
    private static final Duration MIN_STATEMENT_TIMEOUT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final GatewayRun gateway;
    private final Duration statementTimeout;
    private final Supplier<Future<Void>> prepare;
    private final @Nullable UUID journal;
    private final Runnable changed;
    private @Nullable TrailConnection connection;
    private String problem = "There is no connection to the database";
    private long pauseMillis = MIN_PAUSE_MILLIS;
    private boolean prepared;
    private boolean pausing;
    private boolean closed;

    private PostgresStore(
            Vertx vertx,
            DatabaseAddress address,
            GatewayRun gateway,
            Duration statementTimeout,
            Supplier<Future<Void>> prepare,
            @Nullable UUID journal,
            Runnable changed) {
        this.vertx = vertx;
        this.address = address;
        this.gateway = gateway;
        this.statementTimeout = statementTimeout;
        this.prepare = prepare;
        this.journal = journal;
        this.changed = changed;
    }

    /**
     * Opens the store at {@code address} for a run. With a journal, the run is registered with it first.
     *
     * @param prepare migrates or checks the schema; runs before each try until it succeeds
     */
    public static TrailStore.Opening at(
            Vertx vertx,
            DatabaseAddress address,
            GatewayRun gateway,
            Duration commitTimeout,
            Supplier<Future<Void>> prepare) {
        Duration twice = commitTimeout.multipliedBy(2);
        Duration timeout = twice.compareTo(MIN_STATEMENT_TIMEOUT) > 0 ? twice : MIN_STATEMENT_TIMEOUT;
        return (journal, changed) ->
                new PostgresStore(vertx, address, gateway, timeout, prepare, journal, changed).first();
    }

    private Future<TrailStore> first() {
        return connect()
                .compose(opened -> opened.write(List.of())
                        .onSuccess(written -> use(opened))
                        .onFailure(cause -> opened.discard()))
                .recover(cause -> {
                    if (journal == null || !DatabaseAway.is(cause)) {
                        return Future.failedFuture(cause);
                    }
                    log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("The database is away; records go to the journal until it is back");
                    pause(problem);
                    return Future.succeededFuture();
                })
                .map(this);
    }

    private Future<TrailConnection> connect() {
        Future<Void> ready = prepared ? Future.succeededFuture() : prepare.get().compose(done -> register());
        return ready.onSuccess(done -> prepared = true)
                .compose(done -> TrailConnection.open(vertx, address, gateway.runId(), statementTimeout));
    }

    /** Registers the run before anything is drained, so that only this run closes earlier runs with its journal. */
    private Future<Void> register() {
        return journal == null
                ? Future.succeededFuture()
                : address.connect(vertx, "botgate start").compose(opened -> {
                    GatewayRuns runs = new GatewayRuns(opened, address.schema());
                    return runs.beat(gateway.runId(), gateway.name(), journal, OptionalLong.empty())
                            .compose(known -> runs.reopen(gateway.runId(), journal))
                            .eventually(opened::close);
                });
    }

    @Override
    public Optional<String> problem() {
        return pausing || connection == null ? Optional.of(problem) : Optional.empty();
    }

    @Override
    public Future<Void> write(List<TrailRecord> records) {
        TrailConnection open = connection;
        return open == null
                ? Future.failedFuture(new NotWrittenException(problem))
                : open.write(records)
                        .onSuccess(written -> pauseMillis = MIN_PAUSE_MILLIS)
                        .recover(this::notWritten);
    }

    private Future<Void> notWritten(Throwable cause) {
        FatalErrors.report(cause);
        WriteFailure failure = WriteFailure.of(cause);
        if (failure == WriteFailure.ENTRY_REFUSED) {
            return Future.failedFuture(new RefusedRecordException(WriteFailure.sqlState(cause)));
        }
        log.atDebug().setCause(cause).log("The database cannot record the trail");
        if (failure != WriteFailure.NOT_WRITTEN && connection != null) {
            connection.discard();
            connection = null;
        }
        pause("The database cannot record the trail: " + cause.getMessage());
        return Future.failedFuture(
                failure == WriteFailure.UNCERTAIN
                        ? cause
                        : new NotWrittenException(String.valueOf(cause.getMessage())));
    }

    @Override
    public Future<Void> close() {
        closed = true;
        return connection == null ? Future.succeededFuture() : connection.close();
    }

    /** Leaves the database alone for a while, and then connects again if there is no connection. */
    private void pause(String reason) {
        if (pausing || closed) {
            return;
        }
        problem = reason;
        pausing = true;
        long jittered = ThreadLocalRandom.current().nextLong(pauseMillis / 2, pauseMillis + 1);
        pauseMillis = Math.min(2 * pauseMillis, MAX_PAUSE_MILLIS);
        vertx.setTimer(jittered, ignored -> resume());
    }

    private void resume() {
        if (closed || connection != null) {
            pausing = false;
            changed.run();
            return;
        }
        connect()
                .onComplete(
                        opened -> {
                            pausing = false;
                            use(opened);
                            changed.run();
                        },
                        this::notConnected);
    }

    private void notConnected(Throwable cause) {
        FatalErrors.report(cause);
        String reason = "There is no usable connection to the database: " + cause.getMessage();
        if (!DatabaseAway.is(cause) && !reason.equals(problem)) {
            log.atError().setCause(cause).log("The database is reachable, but cannot record the trail");
        }
        pausing = false;
        pause(reason);
        changed.run();
    }

    private void use(TrailConnection opened) {
        if (closed) {
            opened.discard();
            return;
        }
        connection = opened;
        opened.onEnd(() -> {
            if (connection == opened && !closed) {
                connection = null;
                pause("The connection to the database was lost");
                changed.run();
            }
        });
    }
}
