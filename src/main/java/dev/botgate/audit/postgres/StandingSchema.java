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

    /** Makes sure that the trail is there to be read, with all that this version knows; what comes of later ones does not matter. */
    public static Future<Void> check(Vertx vertx, DatabaseAddress address) {
        return address.connect(vertx, "botgate look")
                .recover(cause -> Future.failedFuture(new IllegalStateException(
                        "The database of the trail, " + address.shown() + ", does not answer: " + cause.getMessage(),
                        cause)))
                .compose(connection ->
                        SchemaHistory.missing(connection, address.schema()).eventually(connection::close))
                .compose(missing -> missing.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(new IllegalStateException("The schema "
                                + address.settings().schema() + " of the database " + address.shown() + " lacks "
                                + (missing.size() == SchemaHistory.SHIPPED.size()
                                        ? "the audit trail"
                                        : "migrations of this version (" + String.join(", ", missing) + ")")
                                + "; check database.url and database.schema, or make it with the command migrate")));
    }

    private static Future<Optional<Durability>> ready(PgConnection connection, Partitions partitions) {
        return partitions
                .start(connection)
                .compose(created -> Durability.of(connection))
                .map(Optional::of);
    }
}
