package dev.botgate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.botgate.testing.Raw;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that may open few descriptors, and many clients. */
class DescriptorsTest {
    private static final int MORE_DESCRIPTORS = 200;
    private static final int CLIENTS = 400;
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final String FAILED = "Accepting connections failed";

    @RegisterExtension
    private final TestProcesses children = new TestProcesses();

    private final List<Raw> clients = new ArrayList<>();

    @AfterEach
    void leave() {
        clients.forEach(Raw::close);
    }

    @Test
    void afterTooManyOpenFiles_acceptingGoesOn() throws Exception {
        TestProcess server = start(10_000);
        int port = port(server);
        connect(port);
        assertThat(server.awaitLine(FAILED)).contains("Too many open files");
        leave();

        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(get(0)).reply().text()).isEqualTo("0 opened");
        }
        assertThat(server.output().lines().filter(line -> line.contains(FAILED)))
                .hasSize(1);
    }

    @Test
    void whereClientsAreBounded_idleOnesKeepNobodyOut_andTheProcessCanOpenSockets() throws Exception {
        TestProcess server = start(100);
        int port = port(server);
        connect(port);

        try (ServerSocket outside = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Raw client = Raw.connect(port)) {
            assertThat(client.send(get(outside.getLocalPort())).reply().text()).isEqualTo("30 opened");
        }
        assertThat(server.output()).doesNotContain(FAILED);
    }

    private TestProcess start(int maximumConnections) throws Exception {
        assumeThat(Files.isExecutable(PRLIMIT)).isTrue();
        TestProcess server = children.main(FewDescriptors.class, Integer.toString(maximumConnections));
        int port = port(server);
        // What it loads late needs descriptors too.
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(get(0)).reply().text()).isEqualTo("0 opened");
        }
        limit(server.pid());
        return server;
    }

    private static void limit(long pid) throws IOException, InterruptedException {
        long most;
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            most = open.count() + MORE_DESCRIPTORS;
        }
        int code = new ProcessBuilder(PRLIMIT.toString(), "--pid", Long.toString(pid), "--nofile=" + most + ":" + most)
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private static int port(TestProcess server) {
        return Integer.parseInt(server.awaitLine("port ").replace("port ", ""));
    }

    private void connect(int port) {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Raw.connect(port));
        }
    }

    private static String get(int port) {
        return Raw.request("GET /" + port + " HTTP/1.1", List.of(), "");
    }
}
