package dev.botgate.gateway;

import dev.botgate.server.ServerSettings;
import java.net.URI;

/** The address under which bots reach the gateway. */
public final class PublicAddress {
    private PublicAddress() {}

    /**
     * The configured public URL, else the address that is bound; where that is every address of the machine, the loopback
     * one.
     *
     * @param port the port that is really bound
     */
    public static URI of(ServerSettings server, int port) {
        URI configured = server.publicUrl();
        return configured == null ? http(server.host(), port) : configured;
    }

    /** The URL of a plain listener that is bound to {@code host} and {@code port}. */
    public static URI http(String host, int port) {
        String reachable =
                switch (host) {
                    case "0.0.0.0" -> "127.0.0.1";
                    case "::", "[::]" -> "[::1]";
                    default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
                };
        return URI.create("http://" + reachable + ":" + port);
    }
}
