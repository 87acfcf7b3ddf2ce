package dev.botgate.audit.postgres;

import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.TrailStore;
import dev.botgate.failure.FatalErrors;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as the store behind a journal: one connection, opened again whenever it ends. Where the database is away from
 * the start, it is waited for.
 */
public final class PostgresStore implements TrailStore {
    private static final Logger log = LoggerFactory.getLogger(PostgresStore.class);
    private static final long PAUSE_MILLIS = 1_000;

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final GatewayRun gateway;
    private final UUID journal;
    private final Supplier<Future<Void>> prepare;
    private final Runnable ready;
    private final TrailLink link;
    private final CommitMeters meters;
    private boolean open;
    private boolean closed;

    private PostgresStore(
            Vertx vertx,
            DatabaseAddress address,
            GatewayRun gateway,
            Duration commitTimeout,
            UUID journal,
            Supplier<Future<Void>> prepare,
            Runnable ready,
            CommitMeters meters) {
        this.vertx = vertx;
        this.address = address;
        this.gateway = gateway;
        this.journal = journal;
        this.prepare = prepare;
        this.ready = ready;
        this.meters = meters;
        this.link = new TrailLink(vertx, address, gateway.boot(), commitTimeout, ready, trouble -> {
            log.atDebug().addKeyValue("problem", trouble).log("The database is away");
            ready.run();
        });
    }

    /**
     * How to open the store at {@code address} for a run, which becomes known there with its journal.
     *
     * @param prepare makes the database fit for the trail, or finds that it is; asked before each attempt to open it
     */
    public static TrailStore.Opening at(
            Vertx vertx,
            DatabaseAddress address,
            GatewayRun gateway,
            Duration commitTimeout,
            Supplier<Future<Void>> prepare,
            MeterRegistry registry) {
        CommitMeters meters = new CommitMeters(registry);
        return (journal, ready) ->
                new PostgresStore(vertx, address, gateway, commitTimeout, journal, prepare, ready, meters).first();
    }

    private Future<TrailStore> first() {
        return open().recover(cause -> {
                    if (!DatabaseAway.is(cause)) {
                        return Future.failedFuture(cause);
                    }
                    log.atWarn()
                            .addKeyValue("reason", cause.getMessage())
                            .log("The database is away; the journal takes the trail until it comes");
                    again(cause);
                    return Future.succeededFuture();
                })
                .map(this);
    }

    private Future<Void> open() {
        return prepare.get()
                .compose(prepared -> register())
                .compose(known -> link.open())
                .onSuccess(opened -> open = true);
    }

    private void again(Throwable before) {
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            if (!closed) {
                open().onComplete(opened -> ready.run(), cause -> {
                    if (!DatabaseAway.is(cause)
                            && !String.valueOf(cause.getMessage()).equals(before.getMessage())) {
                        log.atError().setCause(cause).log("The database is there, but does not take the trail");
                    }
                    again(cause);
                });
            }
        });
    }

    /** Before anything is drained: the other gateways leave to this one what earlier runs wrote with its journal. */
    private Future<Void> register() {
        return address.connect(vertx, "botgate start").compose(connection -> {
            GatewayRuns boots = new GatewayRuns(connection, address.schema());
            return boots.beat(gateway.boot(), gateway.name(), journal, OptionalLong.empty())
                    .compose(known -> boots.reopen(gateway.boot(), journal))
                    .eventually(connection::close);
        });
    }

    @Override
    public boolean usable() {
        return open && link.usable() != null;
    }

    @Override
    public Future<Void> write(List<TrailRecord> records) {
        TrailConnection connection = link.usable();
        if (connection == null) {
            return Future.failedFuture("There is no connection to the database");
        }
        long started = System.nanoTime();
        return connection
                .write(Rows.of(records))
                .onSuccess(written -> {
                    link.worked();
                    meters.committed(records.size(), System.nanoTime() - started);
                })
                .recover(this::failed);
    }

    @Override
    public Future<Void> close() {
        closed = true;
        return link.close();
    }

    private Future<Void> failed(Throwable cause) {
        FatalErrors.report(cause);
        WriteFailure failure = WriteFailure.of(cause);
        if (failure == WriteFailure.ENTRY_REFUSED) {
            return Future.failedFuture(new RefusedRecordException(WriteFailure.sqlState(cause)));
        }
        log.atDebug().setCause(cause).log("The database does not take the trail");
        if (failure == WriteFailure.NOT_WRITTEN) {
            link.pause();
        } else {
            link.renew();
        }
        return Future.failedFuture(cause);
    }
}
