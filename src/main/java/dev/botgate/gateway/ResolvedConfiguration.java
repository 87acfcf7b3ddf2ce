package dev.botgate.gateway;

import dev.botgate.config.Configuration;
import dev.botgate.server.ServerSettings;
import dev.botgate.upstream.UpstreamSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The configuration as it comes true: with a port in place of 0, and the sandbox for all connectors. */
final class ResolvedConfiguration {
    private static final String SANDBOX = "sandbox";

    private ResolvedConfiguration() {}

    static Configuration of(Configuration asked, Optional<URI> sandbox) throws IOException {
        return new Configuration(
                withPort(asked.server()),
                asked.admin(),
                sandbox.map(url -> withSandbox(asked.upstream(), url)).orElse(asked.upstream()),
                asked.identity(),
                asked.normalize(),
                asked.redis(),
                asked.cache(),
                asked.ratelimit(),
                asked.audit(),
                asked.database(),
                asked.sandbox(),
                asked.logging());
    }

    /** All event loops must share one port, so a free one is chosen before the first of them listens. */
    private static ServerSettings withPort(ServerSettings server) throws IOException {
        if (server.port() != 0) {
            return server;
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(server.host()))) {
            return new ServerSettings(
                    server.host(),
                    free.getLocalPort(),
                    server.publicUrl(),
                    server.eventLoops(),
                    server.transport(),
                    server.maximumHeaderBytes(),
                    server.maximumUriBytes(),
                    server.maximumConnections(),
                    server.maximumConnectionsPerAddress(),
                    server.idleTimeout(),
                    server.headTimeout(),
                    server.bodyTimeout(),
                    server.writeTimeout(),
                    server.maximumHeldBytes(),
                    server.shutdownTimeout());
        }
    }

    /**
     * The sandbox in the place of every connector, and by its own name, as the default one. Each keeps a base URL of its
     * own, so that a service URL below it leads back to its name.
     */
    private static UpstreamSettings withSandbox(UpstreamSettings upstream, URI url) {
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
