package dev.botgate.gateway;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseSettings;
import dev.botgate.embedded.EmbeddedDatabase;
import org.jspecify.annotations.Nullable;

/** The trail's database while a command or gateway uses it: the configured one, or the embedded one. */
public final class TrailDatabase implements AutoCloseable {
    private final DatabaseAddress address;
    private final @Nullable EmbeddedDatabase embedded;

    private TrailDatabase(DatabaseAddress address, @Nullable EmbeddedDatabase embedded) {
        this.address = address;
        this.embedded = embedded;
    }

    /** For a gateway: starts the embedded server. No other process may run it. */
    public static TrailDatabase open(DatabaseSettings settings) {
        if (settings.url() != null) {
            return new TrailDatabase(new DatabaseAddress(settings.url(), settings), null);
        }
        return of(EmbeddedDatabase.start(settings.dataDirectory()), settings);
    }

    /** For a command: uses the running embedded server, or starts it until this is closed. */
    public static TrailDatabase visit(DatabaseSettings settings) {
        if (settings.url() != null) {
            return open(settings);
        }
        return of(EmbeddedDatabase.visit(settings.dataDirectory(), true), settings);
    }

    /** The same, but fails where there is no database yet. */
    public static TrailDatabase visitExisting(DatabaseSettings settings) {
        if (settings.url() != null) {
            return open(settings);
        }
        return of(EmbeddedDatabase.visit(settings.dataDirectory(), false), settings);
    }

    private static TrailDatabase of(EmbeddedDatabase embedded, DatabaseSettings settings) {
        return new TrailDatabase(
                new DatabaseAddress(
                        embedded.url(),
                        new DatabaseSettings(
                                embedded.url(),
                                embedded.user(),
                                embedded.password(),
                                settings.schema(),
                                settings.dataDirectory(),
                                settings.connectTimeout(),
                                settings.migrate())),
                embedded);
    }

    public DatabaseAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
