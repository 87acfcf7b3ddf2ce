package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.ListenAddress;
import dev.botgate.server.ServerSettings;
import dev.botgate.upstream.ServiceUrls;
import dev.botgate.upstream.UpstreamSettings;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code service-url URL}: the gateway's address that replaces a connector's service URL. */
@Command(name = "service-url", description = "Prints the gateway's address that replaces a service URL.")
final class ServiceUrl extends ConfiguredCommand {
    @Parameters(paramLabel = "URL", description = "A service URL, as in an activity's serviceUrl.")
    private String url = "";

    @Override
    ExitCode run(ConfigurationReader.Loaded loaded) {
        ServerSettings server = loaded.configuration().server();
        UpstreamSettings upstream = loaded.configuration().upstream();
        if (server.publicUrl() == null && server.port() == 0) {
            err().println("server.public-url: null (expected: a URL, since server.port is 0)");
            return ExitCode.FAILED;
        }
        Optional<String> gateway =
                new ServiceUrls(ListenAddress.publicUrl(server, server.port()), upstream).toGateway(url);
        if (gateway.isEmpty()) {
            err().println(url + ": belongs to no connector (expected: a URL below one of " + connectors(upstream)
                    + ")");
            return ExitCode.FAILED;
        }
        out().println(gateway.get());
        return ExitCode.OK;
    }

    private static String connectors(UpstreamSettings upstream) {
        return new TreeMap<>(upstream.connectors())
                .entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue().url())
                        .collect(Collectors.joining(", "));
    }
}
