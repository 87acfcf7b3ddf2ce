package dev.botgate.upstream;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the named connectors and of the connections to them.
 *
 * @param defaultConnector the connector of paths that name none
 * @param connectors name to connector; a name is the first segment of a path on the gateway
 * @param connectTimeout the time to open a connection, without TLS
 * @param firstByteTimeout the time from the sent request to the head of the reply, and the time in which the upstream
 *     must read more of a large body
 * @param idleTimeout the time in which the upstream must send more of a reply
 * @param maximumConnections how many connections one event loop opens to one connector
 * @param maximumWaiting how many requests of one event loop may wait for a connection to one connector
 * @param maximumReplyBytes the maximum size of a reply that is held in memory
 * @param forwarded how {@code Forwarded} and {@code X-Forwarded-*} are set
 * @param unknownRoutes how unknown routes under {@code /v3/conversations} are treated
 * @param trustedCertificates a PEM file with the certificates that are trusted; null for those of the JVM
 * @param retry when a request is retried
 */
public record UpstreamSettings(
        String defaultConnector,
        Map<String, ConnectorSettings> connectors,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration idleTimeout,
        int maximumConnections,
        int maximumWaiting,
        long maximumReplyBytes,
        ForwardedPolicy forwarded,
        UnknownRoutePolicy unknownRoutes,
        @Nullable Path trustedCertificates,
        RetrySettings retry) {

    private static final Pattern NAME = Pattern.compile("(?!v\\d+$)[a-z0-9][a-z0-9-]*");

    public UpstreamSettings {
        connectors = Map.copyOf(new LinkedHashMap<>(connectors));
        for (String name : connectors.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw SettingCheck.refused(
                        "connectors",
                        name,
                        "a name of small letters, digits and hyphens that is no API version such as v3");
            }
        }
        if (!connectors.containsKey(defaultConnector)) {
            throw SettingCheck.refused(
                    "default-connector",
                    defaultConnector,
                    "one of " + String.join(", ", new TreeSet<>(connectors.keySet())));
        }
        positive("connect-timeout", connectTimeout);
        positive("first-byte-timeout", firstByteTimeout);
        positive("idle-timeout", idleTimeout);
        atLeast("maximum-connections", maximumConnections, 1);
        atLeast("maximum-waiting", maximumWaiting, 0);
        atLeast("maximum-reply-bytes", maximumReplyBytes, 1_024);
    }

    /**
     * One named connector.
     *
     * @param url its exact base URL; a request's path is appended to it
     */
    public record ConnectorSettings(URI url) {
        public ConnectorSettings {
            boolean absolute = url.getHost() != null
                    && url.getScheme() != null
                    && url.getScheme().toLowerCase(Locale.ROOT).matches("https?");
            if (!absolute
                    || url.getRawQuery() != null
                    || url.getRawFragment() != null
                    || url.getRawUserInfo() != null) {
                throw SettingCheck.refused(
                        "url",
                        url,
                        "an absolute http or https URL without query, fragment and user, such as https://smba.trafficmanager.net");
            }
        }
    }

    /** How {@code Forwarded} and {@code X-Forwarded-*} are set in requests to connectors. */
    public enum ForwardedPolicy {
        /** The client's values are replaced by the gateway's. */
        REPLACE,
        /** The gateway's values are appended to the client's. */
        APPEND,
        /** The client's values are removed. */
        REMOVE
    }

    /** How unknown routes under {@code /v3/conversations} are treated. */
    public enum UnknownRoutePolicy {
        /** The request passes through, under the limits of the operation that it resembles. */
        PASS,
        /** The request is refused with 404. */
        REFUSE
    }
}
