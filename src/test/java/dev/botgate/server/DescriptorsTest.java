package dev.botgate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.FatalErrors;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
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
import org.slf4j.LoggerFactory;

/** A process with few file descriptors, and many clients. */
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
    void afterTooManyOpenFiles_acceptingResumes() throws Exception {
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
    void whenConnectionsAreLimited_idleOnesGiveWay_andTheProcessCanOpenSockets() throws Exception {
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

    /**
     * A data listener in a process of its own, so that its descriptors can be limited. Arguments: the most connections of
     * clients. {@code GET /PORT} lets it open 30 connections to that port.
     */
    static final class FewDescriptors {
        private static final int OUTWARDS = 30;

        private FewDescriptors() {}

        public static void main(String[] arguments) {
            // Without descriptors no class can be loaded any more.
            LoggerFactory.getLogger(FewDescriptors.class)
                    .atError()
                    .addKeyValue("is", "loaded")
                    .log("Logging");
            FatalErrors.report(null);
            int maximum = Integer.parseInt(arguments[0]);
            Vertx vertx = Vertx.vertx();
            NetClient client = vertx.createNetClient();
            new ServerPlan()
                    .connections(maximum, maximum)
                    .of(vertx, arrival -> answer(client, arrival))
                    .start()
                    .onComplete(port -> System.out.println("port " + port), Throwable::printStackTrace);
        }

        private static Future<Reply> answer(NetClient client, Arrival arrival) {
            int port = Integer.parseInt(arrival.head().uri().substring(1));
            List<Future<NetSocket>> sockets = new ArrayList<>();
            for (int i = 0; port > 0 && i < OUTWARDS; i++) {
                sockets.add(client.connect(port, "127.0.0.1"));
            }
            return Future.all(sockets).map(all -> ServerPlan.ok(Buffer.buffer(sockets.size() + " opened")));
        }
    }
}
