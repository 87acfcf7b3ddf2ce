package dev.botgate.gateway;

import dev.botgate.server.ServerSettings;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Where a listener will be bound.
 *
 * @param group the settings group that names the address: {@code server}, {@code admin} or {@code sandbox}
 * @param port 0 for any free port
 */
public record ListenAddress(String group, String host, int port) {
    /**
     * Checks that all of these can be bound at the same time. Runs before anything that takes long.
     *
     * @throws IllegalStateException as {@link #check()}
     */
    static void check(List<ListenAddress> addresses) {
        for (int i = 0; i < addresses.size(); i++) {
            addresses.get(i).check();
            for (ListenAddress other : addresses.subList(i + 1, addresses.size())) {
                addresses.get(i).checkApart(other);
            }
        }
    }

    /** The operating system would bind both, since neither listens yet. */
    private void checkApart(ListenAddress other) {
        InetAddress here = new InetSocketAddress(host, port).getAddress();
        InetAddress there = new InetSocketAddress(other.host, other.port).getAddress();
        boolean overlap = here != null
                && there != null
                && (here.equals(there) || here.isAnyLocalAddress() || there.isAnyLocalAddress());
        if (port != 0 && port == other.port && overlap) {
            throw new IllegalStateException(group + ".port and " + other.group + ".port are both " + port
                    + " (expected: a port of its own for each)");
        }
    }

    /**
     * Checks that the address can be bound. Binds without listening, so no client is accepted.
     *
     * @throws IllegalStateException naming address, setting and remedy
     */
    void check() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalStateException(
                    group + ".host: " + host + " has no address (expected: an address or a name of this machine)");
        }
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
        } catch (IOException e) {
            throw explained(e);
        }
    }

    /** The port; for 0, one that is free now. All event loops listen on one port, so it is chosen before the first of them. */
    int portOrFree() throws IOException {
        if (port != 0) {
            return port;
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return free.getLocalPort();
        }
    }

    /** The same binding, with the message of {@link #check} when another process was faster. */
    public <T> Future<T> explaining(Future<T> binding) {
        return binding.recover(cause -> Future.failedFuture(isRefusal(cause) ? explained(cause) : cause));
    }

    private static boolean isRefusal(Throwable cause) {
        return cause instanceof BindException
                || (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).contains("bind"));
    }

    private IllegalStateException explained(Throwable cause) {
        String setting = group + ".port";
        String variable = "BOTGATE_" + group.toUpperCase(Locale.ROOT) + "_PORT";
        String message = String.valueOf(cause.getMessage());
        String address = host + ":" + port;
        return new IllegalStateException(
                message.contains("already in use")
                        ? "Address already in use: " + address + " (" + setting
                                + "); stop the process that listens there, or choose another port by " + setting
                                + " or "
                                + variable
                        : "Cannot bind " + address + " (" + group + ".host, " + setting + "): " + message,
                cause);
    }

    /** Where bots reach the gateway: {@code server.public-url}, else the address that is bound, on {@code port}. */
    public static URI publicUrl(ServerSettings server, int port) {
        URI configured = server.publicUrl();
        return configured == null ? url(server.host(), port) : configured;
    }

    /** The URL of a plain listener. One that is bound to every address of the machine is reached by loopback. */
    static URI url(String host, int port) {
        String reachable =
                switch (host) {
                    case "0.0.0.0" -> "127.0.0.1";
                    case "::", "[::]" -> "[::1]";
                    default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
                };
        return URI.create("http://" + reachable + ":" + port);
    }
}
