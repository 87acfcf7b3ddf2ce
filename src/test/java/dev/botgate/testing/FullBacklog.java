package dev.botgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A listener that accepts nothing and whose queue is full: connecting to it neither succeeds nor is refused (on Linux). */
public final class FullBacklog implements AutoCloseable {
    private static final int PROBE_MILLIS = 200;
    private static final int MOST_CONNECTIONS = 64;

    private final ServerSocket server;
    private final List<Socket> queued = new ArrayList<>();

    private FullBacklog(ServerSocket server) {
        this.server = server;
    }

    public static FullBacklog start() {
        try {
            FullBacklog full = new FullBacklog(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            full.fill();
            return full;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() {
        try {
            for (Socket socket : queued) {
                socket.close();
            }
            server.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void fill() throws IOException {
        while (queued.size() < MOST_CONNECTIONS) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()), PROBE_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("the queue took " + MOST_CONNECTIONS + " connections");
    }
}
