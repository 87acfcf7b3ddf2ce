package dev.botgate.upstream;

import dev.botgate.exchange.Destination;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The named connectors, chosen by the path of a request. */
public final class Connectors {
    private final Map<String, Connector> byName;
    private final Connector byDefault;
    private final String publicPath;

    /**
     * @param publicUrl the address of the gateway for clients; its path, if any, is removed from the paths of requests
     */
    public Connectors(UpstreamSettings settings, URI publicUrl) {
        this.byName = settings.connectors().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> Connector.of(entry.getKey(), entry.getValue().url())));
        this.byDefault = named(settings.defaultConnector());
        this.publicPath = Connector.withoutTrailingSlash(publicUrl.getRawPath());
    }

    /** The connector called {@code name}, which must be configured. */
    public Connector named(String name) {
        Connector connector = byName.get(name);
        if (connector == null) {
            throw new IllegalArgumentException("connector: " + name + " (expected: one of " + byName.keySet() + ")");
        }
        return connector;
    }

    /**
     * The connector that is named by the first segment of the path, or the default one, with the rest of path and
     * query.
     *
     * @param uri raw path and query, starting with a slash
     */
    public Destination choose(String uri) {
        String rest = startsWithSegments(uri, publicPath) ? uri.substring(publicPath.length()) : uri;
        int end = endOfFirstSegment(rest);
        Connector named = end > 1 ? byName.get(rest.substring(1, end)) : null;
        if (named == null) {
            return new Destination(byDefault.name(), rooted(rest));
        }
        return new Destination(named.name(), rooted(rest.substring(end)));
    }

    private static boolean startsWithSegments(String uri, String prefix) {
        return !prefix.isEmpty()
                && uri.startsWith(prefix)
                && (uri.length() == prefix.length() || "/?".indexOf(uri.charAt(prefix.length())) >= 0);
    }

    private static int endOfFirstSegment(String uri) {
        for (int i = 1; i < uri.length(); i++) {
            if (uri.charAt(i) == '/' || uri.charAt(i) == '?') {
                return i;
            }
        }
        return uri.length();
    }

    private static String rooted(String uri) {
        return uri.startsWith("/") ? uri : "/" + uri;
    }

    /**
     * One named connector, with its base URL in parts.
     *
     * @param host as sent in {@code Host}, without port
     * @param basePath raw path of the base URL, without the trailing slash; empty for none
     */
    public record Connector(String name, String host, int port, boolean tls, String basePath) {
        static Connector of(String name, URI url) {
            boolean tls = "https".equals(url.getScheme().toLowerCase(Locale.ROOT));
            int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
            return new Connector(name, url.getHost(), port, tls, withoutTrailingSlash(url.getRawPath()));
        }

        static String withoutTrailingSlash(String path) {
            return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        }
    }
}
