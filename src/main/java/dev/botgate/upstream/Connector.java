package dev.botgate.upstream;

import java.net.URI;
import java.util.Locale;

/**
 * One named connector, its base URL taken apart.
 *
 * @param host as it goes into {@code Host}, without port
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
