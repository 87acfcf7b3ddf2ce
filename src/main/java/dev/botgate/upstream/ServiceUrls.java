package dev.botgate.upstream;

import dev.botgate.upstream.Connectors.Connector;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Translates between service URLs, {@code BASE/rest}, and addresses of the gateway, {@code PUBLIC/NAME/rest}.
 *
 * <p>{@link #toUpstream} reverses {@link #toGateway}, with scheme, host and port written as in the configuration. Path,
 * query and fragment are kept byte for byte. Immutable; safe on any thread.
 */
public final class ServiceUrls {
    private final String publicUrl;
    private final HttpUrl gateway;
    private final Map<String, Base> byName;
    private final Base byDefault;
    private final List<Base> mostSpecificFirst;

    /** @param publicUrl the address of the gateway for clients, including its path */
    public ServiceUrls(URI publicUrl, UpstreamSettings settings) {
        this.publicUrl = Connector.withoutTrailingSlash(publicUrl.toString());
        this.gateway = parsed("public-url", publicUrl);
        this.byName = settings.connectors().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey,
                        entry -> Base.of(entry.getKey(), entry.getValue().url())));
        this.byDefault = Optional.ofNullable(byName.get(settings.defaultConnector()))
                .orElseThrow(() -> new IllegalArgumentException("default-connector: " + settings.defaultConnector()));
        this.mostSpecificFirst = byName.values().stream()
                .sorted(Comparator.comparingInt(
                                (Base base) -> -base.parsed().path().length())
                        .thenComparing(base -> !base.equals(byDefault))
                        .thenComparing(Base::name))
                .toList();
    }

    /**
     * The gateway's address for a service URL, by the connector with the longest base URL that it lies under; empty if
     * there is none.
     */
    public Optional<String> toGateway(String serviceUrl) {
        return HttpUrl.parse(serviceUrl).flatMap(url -> mostSpecificFirst.stream()
                .flatMap(base -> url.below(base.parsed()).map(rest -> publicUrl + "/" + base.name() + rest).stream())
                .findFirst());
    }

    /**
     * The service URL for an address of the gateway, of the default connector if the address names none; empty for
     * other URLs.
     */
    public Optional<String> toUpstream(String gatewayUrl) {
        return HttpUrl.parse(gatewayUrl).flatMap(url -> url.below(gateway)).map(this::upstreamOf);
    }

    private String upstreamOf(String rest) {
        int end = 1;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        Base named = rest.startsWith("/") ? byName.get(rest.substring(1, end)) : null;
        return named == null ? byDefault.url() + rest : named.url() + rest.substring(end);
    }

    private static HttpUrl parsed(String name, URI url) {
        return HttpUrl.parse(url.toString())
                .orElseThrow(() -> new IllegalArgumentException(name + ": " + url
                        + " (expected: an absolute http or https URL without user and dot segments)"));
    }

    /**
     * A connector's base URL.
     *
     * @param url as configured, without the trailing slash
     */
    private record Base(String name, String url, HttpUrl parsed) {
        static Base of(String name, URI url) {
            return new Base(name, Connector.withoutTrailingSlash(url.toString()), ServiceUrls.parsed(name, url));
        }
    }
}
