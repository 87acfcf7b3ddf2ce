package dev.botgate.attack;

import static dev.botgate.testing.Await.until;

import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged gateway with one event loop and 256 MiB of heap, and as much direct memory. */
final class AttackedGateway {
    /** Enough of them for many connections after each other, each of which keeps its port for a while. */
    private static final int ADDRESSES = 8;
    /** So that what an attacker does not read stays with the gateway, and not in the kernel. */
    private static final int RECEIVE_BUFFER = 4_096;

    private final TestProcess process;
    private final int port;
    private final int adminPort;
    private int connections;

    private AttackedGateway(TestProcess process, int port, int adminPort) {
        this.process = process;
        this.port = port;
        this.adminPort = adminPort;
    }

    /** Starts one with {@code descriptors} file descriptors. */
    static AttackedGateway start(
            TestProcesses children, URI answering, URI silent, TestDatabase database, int descriptors) {
        int port = Ports.free();
        int adminPort = Ports.free();
        Map<String, String> environment = Map.of(
                "BOTGATE_SERVER_PORT", Integer.toString(port),
                "BOTGATE_SERVER_EVENT_LOOPS", "1",
                "BOTGATE_ADMIN_PORT", Integer.toString(adminPort),
                "BOTGATE_DATABASE_URL", database.url().toString(),
                "BOTGATE_AUDIT_ALLOW_UNSAFE_DURABILITY", "true",
                "BOTGATE_UPSTREAM_DEFAULT_CONNECTOR", "answering",
                "BOTGATE_UPSTREAM_CONNECTORS_ANSWERING_URL", answering.toString(),
                "BOTGATE_UPSTREAM_CONNECTORS_SILENT_URL", silent.toString());
        TestProcess process = children.botgateWith(descriptors, List.of("-Xmx256m"), environment, "run");
        var unused = process.awaitLine("bots talk to");
        return new AttackedGateway(process, port, adminPort);
    }

    int port() {
        return port;
    }

    TestProcess process() {
        return process;
    }

    /** A connection of an attacker, who comes from other addresses than the honest client. */
    SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER)
                .bind(new InetSocketAddress("127.0.0." + (2 + connections++ % ADDRESSES), 0));
        if (!channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            throw new IOException("A blocking connection is not connected");
        }
        return channel;
    }

    /** Waits until it is ready; where it never is, the failure says why. */
    void awaitReady() {
        try {
            until(() -> readiness().startsWith("200"));
        } catch (AssertionError never) {
            throw new AssertionError(readiness(), never);
        }
    }

    private String readiness() {
        try {
            Raw.Reply reply = operator("/health/ready");
            return reply.status() + " " + reply.text();
        } catch (UncheckedIOException deaf) {
            return "no reply: " + deaf.getCause();
        }
    }

    /** What Netty has of direct memory, in bytes, as the metrics tell. */
    double directMemory() {
        return operator("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("botgate_direct_memory_used"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** File descriptors that the process has open. */
    long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return open.count();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private Raw.Reply operator(String path) {
        return Raw.exchange(
                URI.create("http://127.0.0.1:" + adminPort),
                Raw.request("GET " + path + " HTTP/1.1", List.of("Host: localhost"), ""));
    }
}
