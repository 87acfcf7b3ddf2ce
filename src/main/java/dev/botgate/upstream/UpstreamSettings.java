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
 * @param connectTimeout how long a connection may take to open, TLS apart
 * @param firstByteTimeout how long the head of a reply may take after the request was sent, and how long the upstream may
 *     take none of a large body
 * @param idleTimeout how long a connection may be silent in the middle of an exchange
 * @param maximumConnections how many connections one event loop opens to one connector
 * @param maximumWaiting how many requests of one event loop may wait for a connection to one connector
 * @param maximumReplyBytes the largest reply that is held whole: of mutations, and of what is cached
 * @param forwarded what becomes of {@code Forwarded} and {@code X-Forwarded-*}
 * @param unknownRoutes what becomes of what lies under {@code /v3/conversations} and is no known route
 * @param trustedCertificates a file of PEM certificates that connectors are trusted by; null trusts whom Java trusts
 * @param retry when a request is sent again
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

    /** What becomes of {@code Forwarded} and {@code X-Forwarded-*} on the way upstream. */
    public enum ForwardedPolicy {
        /** What the client sent is dropped, and the gateway's own view is set. */
        REPLACE,
        /** The gateway's own view is added behind what the client sent. */
        APPEND,
        /** What the client sent is dropped, and nothing is set. */
        REMOVE
    }

    /** What becomes of what lies under {@code /v3/conversations} and is no known route. */
    public enum UnknownRoutePolicy {
        /** It passes through, under the limits of what the connector may take it for. */
        PASS,
        /** It is refused with 404. */
        REFUSE
    }
}
