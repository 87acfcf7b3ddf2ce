package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Gateway;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.Recorded;
import dev.botgate.audit.journal.TrailStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL as the store behind a journal: one connection, opened again whenever it ends. */
public final class PostgresStore implements TrailStore {
    private static final Logger log = LoggerFactory.getLogger(PostgresStore.class);

    private final TrailLink link;
    private final CommitMeters meters;

    private PostgresStore(TrailLink link, CommitMeters meters) {
        this.link = link;
        this.meters = meters;
    }

    /** How to open the store at {@code address} for a run, which becomes known there with its journal. */
    public static TrailStore.Opening at(
            Vertx vertx, DatabaseAddress address, Gateway gateway, Duration commitTimeout, MeterRegistry registry) {
        CommitMeters meters = new CommitMeters(registry);
        return (journal, ready) -> {
            TrailLink link = new TrailLink(vertx, address, gateway.boot(), commitTimeout, ready, trouble -> {
                log.atDebug().addKeyValue("problem", trouble).log("The database is away");
                ready.run();
            });
            return register(vertx, address, gateway, journal)
                    .compose(known -> link.open())
                    .map(opened -> new PostgresStore(link, meters));
        };
    }

    /** Before anything is drained: the other gateways leave to this one what earlier runs wrote with its journal. */
    private static Future<Void> register(Vertx vertx, DatabaseAddress address, Gateway gateway, UUID journal) {
        return address.connect(vertx, "botgate start").compose(connection -> {
            Boots boots = new Boots(connection, address.schema());
            return boots.beat(gateway.boot(), gateway.name(), journal, OptionalLong.empty())
                    .compose(known -> boots.reopen(gateway.boot(), journal))
                    .eventually(connection::close);
        });
    }

    @Override
    public boolean usable() {
        return link.usable() != null;
    }

    @Override
    public Future<Void> write(List<Recorded> records) {
        TrailConnection connection = link.usable();
        if (connection == null) {
            return Future.failedFuture("There is no connection to the database");
        }
        long started = System.nanoTime();
        return connection
                .write(ofKind(Intent.class, records), ofKind(Attempt.class, records), ofKind(Outcome.class, records))
                .onSuccess(written -> {
                    link.worked();
                    meters.committed(records.size(), System.nanoTime() - started);
                })
                .recover(this::failed);
    }

    @Override
    public Future<Void> close() {
        return link.close();
    }

    private static <R extends Recorded> List<R> ofKind(Class<R> kind, List<Recorded> records) {
        return records.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private Future<Void> failed(Throwable cause) {
        WriteFailure failure = WriteFailure.of(cause);
        if (failure == WriteFailure.ENTRY_REFUSED && cause instanceof PgException known) {
            return Future.failedFuture(new RefusedRecordException(known.getSqlState()));
        }
        log.atDebug().setCause(cause).log("The database does not take the trail");
        if (failure == WriteFailure.UNCERTAIN) {
            link.renew();
        } else {
            link.pause();
        }
        return Future.failedFuture(cause);
    }
}
