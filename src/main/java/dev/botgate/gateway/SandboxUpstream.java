package dev.botgate.gateway;

import dev.botgate.upstream.UpstreamSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of the connectors when the sandbox answers for all of them. */
final class SandboxUpstream {
    private static final String SANDBOX = "sandbox";

    private SandboxUpstream() {}

    /**
     * Replaces every connector by the sandbox, and makes it the default one under its own name. Each keeps a base URL of its
     * own, so that a service URL below it still belongs to that connector.
     */
    static UpstreamSettings of(UpstreamSettings upstream, URI url) {
        Map<String, ConnectorSettings> connectors = new LinkedHashMap<>();
        for (String name : upstream.connectors().keySet()) {
            connectors.put(name, new ConnectorSettings(URI.create(url + "/" + name)));
        }
        connectors.put(SANDBOX, new ConnectorSettings(url));
        return new UpstreamSettings(
                SANDBOX,
                connectors,
                upstream.connectTimeout(),
                upstream.firstByteTimeout(),
                upstream.idleTimeout(),
                upstream.maximumConnections(),
                upstream.maximumWaiting(),
                upstream.maximumReplyBytes(),
                upstream.forwarded(),
                upstream.unknownRoutes(),
                upstream.trustedCertificates(),
                upstream.retry());
    }
}
