package dev.botgate.audit.postgres;

import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the trail's PostgreSQL is.
 *
 * @param url {@code postgresql://host:port/database}, with {@code ?sslmode=...} where TLS is wanted; null starts the
 *     embedded server
 * @param user the role to connect as
 * @param password its password; null for none
 * @param schema the schema that holds the trail
 * @param dataDirectory where the embedded server keeps its files between runs
 * @param connectTimeout how long a connection may take to open
 * @param migrate whether the gateway brings the schema up to date at start; otherwise it refuses to start on an old one
 */
public record DatabaseSettings(
        @Nullable URI url,
        String user,
        @Nullable String password,
        String schema,
        Path dataDirectory,
        Duration connectTimeout,
        boolean migrate) {
    public DatabaseSettings {
        if (url != null
                && (url.getScheme() == null || !url.getScheme().matches("postgres(ql)?") || url.getHost() == null)) {
            throw SettingCheck.refused("url", "(withheld)", "postgresql://host:port/database");
        }
        if (url != null && url.getRawUserInfo() != null) {
            throw SettingCheck.refused("url", "(withheld)", "no user in the URL; use the keys user and password");
        }
        notBlank("user", user);
        notBlank("schema", schema);
        positive("connect-timeout", connectTimeout);
    }

    /** The settings without the password. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", user=" + user + ", schema=" + schema + ", dataDirectory="
                + dataDirectory + "]";
    }
}
