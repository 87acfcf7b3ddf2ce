package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.util.Optional;
import java.util.Set;

/** A look at the trail's database on one connection, which is all that a start takes where the schema is current. */
public final class StandingSchema {
    private StandingSchema() {}

    /**
     * Finds out whether the schema is current. Then {@code partitions} start, and the answer is how durable commits are.
     *
     * @return empty when {@link Migrations} must look first; fails when the database cannot be asked
     */
    public static Future<Optional<Durability>> of(Vertx vertx, DatabaseAddress address, Partitions partitions) {
        Set<String> shipped = SchemaHistory.shipped();
        return address.connectFirst(vertx, "botgate start").compose(connection -> SchemaHistory.isCurrent(
                        connection, address.schema(), shipped)
                .compose(current -> current ? ready(connection, partitions) : Future.succeededFuture(Optional.empty()))
                .eventually(connection::close));
    }

    private static Future<Optional<Durability>> ready(PgConnection connection, Partitions partitions) {
        return partitions
                .start(connection)
                .compose(created -> Durability.of(connection))
                .map(Optional::of);
    }
}
