package dev.botgate.audit.postgres;

import dev.botgate.failure.SettingCheck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the trail's database: the one place where settings become options, of the asynchronous client and of
 * JDBC.
 *
 * <p>The URL's parameters are libpq's {@code sslmode} ({@code prefer} when absent) and {@code sslrootcert}, a PEM file;
 * without it {@code verify-ca} and {@code verify-full} trust what the JVM trusts.
 *
 * @param url where the database is: the settings' URL, or that of the embedded server once it runs
 */
public record DatabaseAddress(URI url, DatabaseSettings settings) {
    private static final int DEFAULT_PORT = 5432;
    private static final String EXPECTED = "disable, allow, prefer, require, verify-ca or verify-full";

    public DatabaseAddress {
        Map<String, String> parameters = parameters(url);
        for (String name : parameters.keySet()) {
            if (!name.equals("sslmode") && !name.equals("sslrootcert")) {
                throw SettingCheck.refused("url", "parameter " + name, "sslmode or sslrootcert");
            }
        }
        String mode = parameters.get("sslmode");
        if (mode != null && sslMode(mode) == null) {
            throw SettingCheck.refused("url", "sslmode=" + mode, EXPECTED);
        }
    }

    /** Opens a connection that names itself {@code application}; fails after the settings' connect timeout. */
    Future<PgConnection> connect(Vertx vertx, String application) {
        Future<PgConnection> opening = PgConnection.connect(vertx, connectOptions(application));
        return opening.timeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(gaveUp -> opening.onSuccess(PgConnection::close));
    }

    /** The options of the asynchronous client; the connection names itself {@code application}. */
    PgConnectOptions connectOptions(String application) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(host())
                .setPort(port())
                .setDatabase(database())
                .setUser(settings.user())
                .setSslMode(sslMode())
                .setSslOptions(sslOptions())
                .addProperty("application_name", application);
        String password = settings.password();
        return options.setPassword(password == null ? "" : password);
    }

    /** The URL for JDBC, without user and password. */
    String jdbcUrl() {
        String path = url.getRawPath();
        String database = path == null || path.length() < 2 ? "/" + settings.user() : path;
        return "jdbc:postgresql://" + url.getHost() + ":" + port() + database;
    }

    /** What JDBC needs beside the URL. */
    Properties jdbcProperties() {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        String password = settings.password();
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "botgate migrations");
        long seconds = Math.max(1, settings.connectTimeout().toSeconds());
        properties.setProperty("connectTimeout", Long.toString(seconds));
        // A server that is frozen takes the connection, and says nothing.
        properties.setProperty("loginTimeout", Long.toString(3 * seconds));
        properties.setProperty("sslmode", sslMode().value);
        String rootCertificate = parameters(url).get("sslrootcert");
        if (rootCertificate != null) {
            properties.setProperty("sslrootcert", rootCertificate);
        } else if (verifies()) {
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        return properties;
    }

    /** Where the server is, for messages. */
    public String shown() {
        return url.getHost() + ":" + port();
    }

    /** The schema's name as SQL, quoted. */
    String schema() {
        return "\"" + settings.schema().replace("\"", "\"\"") + "\"";
    }

    private String host() {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private int port() {
        return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    }

    private String database() {
        String path = url.getPath();
        return path == null || path.length() < 2 ? settings.user() : path.substring(1);
    }

    private SslMode sslMode() {
        SslMode mode = sslMode(parameters(url).getOrDefault("sslmode", "prefer"));
        return mode == null ? SslMode.PREFER : mode;
    }

    private boolean verifies() {
        return sslMode() == SslMode.VERIFY_CA || sslMode() == SslMode.VERIFY_FULL;
    }

    private ClientSSLOptions sslOptions() {
        ClientSSLOptions options = new ClientSSLOptions();
        if (!verifies()) {
            return options.setTrustAll(true);
        }
        String rootCertificate = parameters(url).get("sslrootcert");
        if (rootCertificate != null) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(rootCertificate));
        }
        return options.setHostnameVerificationAlgorithm(sslMode() == SslMode.VERIFY_FULL ? "HTTPS" : "");
    }

    private static @Nullable SslMode sslMode(String value) {
        for (SslMode mode : SslMode.VALUES) {
            if (mode.value.equals(value.toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        return null;
    }

    private static Map<String, String> parameters(URI url) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String query = url.getRawQuery();
        if (query != null && !query.isEmpty()) {
            for (String parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                String value = equals < 0 ? "" : parameter.substring(equals + 1);
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                parameters.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
