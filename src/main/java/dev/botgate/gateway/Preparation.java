package dev.botgate.gateway;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Durability;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.audit.postgres.Partitions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares the trail's database: migrates the schema, creates the coming months, and checks whether commits are durable. */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final Partitions partitions;
    private volatile @Nullable Durability durability;

    Preparation(Vertx vertx, DatabaseAddress address, InstantSource clock) {
        this.vertx = vertx;
        this.address = address;
        this.partitions = new Partitions(vertx, address, clock);
    }

    /** Prepares the database, on a thread that may block. */
    void now() throws Exception {
        migrate();
        var unused = Blocking.await(afterMigration(), LIMIT);
    }

    /** Prepares the database unless that is done already; on any thread. */
    Future<Void> done() {
        return durability != null
                ? Future.succeededFuture()
                : vertx.<Void>executeBlocking(
                                () -> {
                                    migrate();
                                    return null;
                                },
                                false)
                        .compose(migrated -> afterMigration());
    }

    /** Why committed entries may be lost; empty when commits are durable, or the database was not reached yet. */
    Optional<String> problem() {
        Durability known = durability;
        return known == null || known.safe()
                ? Optional.empty()
                : Optional.of("commits are not durable: " + String.join(", ", known.unsafe()));
    }

    private void migrate() {
        new Migrations(address).prepare().forEach(applied -> LOG.info("Applied migration {}", applied));
    }

    private Future<Void> afterMigration() {
        return partitions
                .start()
                .compose(created -> Durability.of(vertx, address))
                .onSuccess(this::checked)
                .mapEmpty();
    }

    private void checked(Durability checked) {
        durability = checked;
        checked.unsafe()
                .forEach(setting ->
                        LOG.atWarn().addKeyValue("setting", setting).log("The database may lose committed entries"));
    }
}
