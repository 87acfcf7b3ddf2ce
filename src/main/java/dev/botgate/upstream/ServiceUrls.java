package dev.botgate.upstream;

import dev.botgate.upstream.Connectors.Connector;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Service URLs and the gateway's addresses that stand for them: {@code PUBLIC/NAME/rest} for {@code BASE/rest}.
 *
 * <p>What {@link #toGateway} answers, {@link #toUpstream} takes back to the same service URL, its scheme, host and port
 * written as the configuration writes them. Path, query and fragment are kept byte for byte. Immutable; safe on any
 * thread.
 */
public final class ServiceUrls {
    private final String publicUrl;
    private final HttpUrl gateway;
    private final Map<String, Base> byName;
    private final Base byDefault;
    private final List<Base> mostSpecificFirst;

    /**
     * @param publicUrl the address under which clients reach the gateway, with its path if it has one
     */
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
     * The gateway's address for a service URL: of the connectors that it lies under, the one with the longest base URL is
     * named. Empty when it lies under none.
     */
    public Optional<String> toGateway(String serviceUrl) {
        return HttpUrl.parse(serviceUrl).flatMap(url -> mostSpecificFirst.stream()
                .flatMap(base -> url.below(base.parsed()).map(rest -> publicUrl + "/" + base.name() + rest).stream())
                .findFirst());
    }

    /**
     * The service URL that an address of the gateway stands for; an address without a connector's name stands for the
     * default connector's. Empty for what is not under the gateway's public URL.
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
