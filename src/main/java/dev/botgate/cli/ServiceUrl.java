package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.LoadedConfiguration;
import dev.botgate.gateway.PublicAddress;
import dev.botgate.server.ServerSettings;
import dev.botgate.upstream.ServiceUrls;
import dev.botgate.upstream.UpstreamSettings;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code service-url URL}: the gateway's address that stands for a connector's service URL. */
@Command(name = "service-url", description = "Prints the gateway's address that stands for a service URL.")
final class ServiceUrl extends ConfiguredCommand {
    @Parameters(paramLabel = "URL", description = "A service URL, as an activity carries it.")
    private String url = "";

    ServiceUrl(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    ExitCode run(LoadedConfiguration loaded) {
        ServerSettings server = loaded.configuration().server();
        UpstreamSettings upstream = loaded.configuration().upstream();
        if (server.publicUrl() == null && server.port() == 0) {
            err().println("server.public-url: null (expected: a URL, since server.port 0 says nothing of the address)");
            return ExitCode.FAILED;
        }
        Optional<String> gateway = new ServiceUrls(PublicAddress.of(server, server.port()), upstream).toGateway(url);
        if (gateway.isEmpty()) {
            err().println(url + ": under no connector (expected: a URL below one of " + connectors(upstream) + ")");
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
