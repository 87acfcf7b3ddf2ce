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

/** The configuration that is used: with a free port in place of 0, and the sandbox in place of all connectors. */
final class ResolvedConfiguration {
    private static final String SANDBOX = "sandbox";

    private ResolvedConfiguration() {}

    static Configuration of(Configuration configured, Optional<URI> sandbox) throws IOException {
        return new Configuration(
                withPort(configured.server()),
                configured.admin(),
                sandbox.map(url -> withSandbox(configured.upstream(), url)).orElse(configured.upstream()),
                configured.identity(),
                configured.normalize(),
                configured.redis(),
                configured.cache(),
                configured.ratelimit(),
                configured.audit(),
                configured.database(),
                configured.sandbox(),
                configured.logging());
    }

    /** All event loops listen on one port, so a free one is chosen before the first of them listens. */
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
                    server.bodyMemoryBytes(),
                    server.shutdownTimeout());
        }
    }

    /**
     * Replaces every connector by the sandbox, and makes it the default one under its own name. Each keeps a base URL of its
     * own, so that a service URL below it still belongs to that connector.
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
