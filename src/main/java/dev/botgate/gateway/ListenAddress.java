package dev.botgate.gateway;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;

/**
 * Where a listener is to be bound.
 *
 * @param group the group of settings that says so: {@code server}, {@code admin} or {@code sandbox}
 * @param port 0 for any free one
 */
public record ListenAddress(String group, String host, int port) {
    /**
     * Makes sure that all of these can be bound beside each other, before anything that takes long.
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

    /** As long as neither listens, the system would let both be bound. */
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
     * Makes sure that it can be bound, before anything that takes long. Binds without listening, so nobody is answered.
     *
     * @throws IllegalStateException naming address, setting and the way out
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

    /** The same binding, failing as {@link #check} does where somebody else was faster. */
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
}
