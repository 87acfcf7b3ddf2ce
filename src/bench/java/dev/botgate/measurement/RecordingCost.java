package dev.botgate.measurement;

import static dev.botgate.testing.Await.await;

import dev.botgate.cli.Botgate;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What both records of each mutation cost: the same gateway with {@code level: body} (A) and with {@code level: none} (B),
 * each in a process of its own with a PostgreSQL of its own whose commits are durable, in turns.
 *
 * <p>32 connections send 1.5 kB messages, each as soon as the one before is answered. Load and upstream are one process, on
 * the same machine. Run it as {@link dev.botgate.measurement} says; the argument is the requests of one turn, 20000 unless given.
 */
final class RecordingCost {
    private static final int CONNECTIONS = 32;
    private static final String TEXT = "x".repeat(1_450);
    private static final Buffer BODY = Buffer.buffer("{\"type\":\"message\",\"text\":\"" + TEXT + "\"}");

    private final PrintStream out;
    private final Vertx vertx = Vertx.vertx();
    private final TestProcesses children = new TestProcesses();

    private RecordingCost(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        new RecordingCost(System.out).measure(arguments.length == 0 ? 20_000 : Integer.parseInt(arguments[0]));
    }

    private void measure(int requests) throws Exception {
        HttpServer upstream = await(vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> request.response()
                        .setStatusCode(201)
                        .putHeader("Content-Type", "application/json")
                        .end("{\"id\":\"1\"}")
                        .onFailure(gone -> {})))
                .listen(0, "127.0.0.1"));
        try {
            Gateway recording = start("body", upstream.actualPort());
            Gateway silent = start("none", upstream.actualPort());
            out.println("warming up A: " + turn(recording, requests));
            out.println("warming up B: " + turn(silent, requests));
            for (int i = 0; i < 2; i++) {
                out.println("A level body: " + turn(recording, requests));
                out.println("B level none: " + turn(silent, requests));
            }
            out.println(Machine.load());
        } finally {
            children.close();
            await(vertx.close());
        }
    }

    private record Gateway(TestProcess process, int port, long postmaster) {}

    private Gateway start(String level, int upstream) throws IOException {
        int port = Ports.free();
        Path data = children.directory().resolve("postgres-" + level);
        Path file = Files.writeString(
                children.directory().resolve(level + ".yaml"),
                """
                server: { port: %d }
                admin: { port: %d }
                upstream:
                  default-connector: measured
                  connectors: { measured: { url: "http://127.0.0.1:%d" } }
                database: { data-directory: "%s" }
                audit: { levels: { all: %s } }
                """
                        .formatted(port, Ports.free(), upstream, data, level));
        TestProcess process = children.main(Botgate.class, "run", "--config", file.toString());
        if (process.awaitLine("bots talk to").isEmpty()) {
            throw new IllegalStateException(process.output());
        }
        try (var lines = Files.walk(data)) {
            Path pid = lines.filter(path -> path.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow();
            return new Gateway(
                    process, port, Long.parseLong(Files.readAllLines(pid).get(0).strip()));
        }
    }

    private String turn(Gateway gateway, int requests) {
        HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        AtomicInteger left = new AtomicInteger(requests);
        double cpu = Machine.cpuSeconds(gateway.process().pid());
        double database = Machine.cpuSecondsOfTree(gateway.postmaster());
        long started = System.nanoTime();
        List<Future<Void>> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Promise<Void> ended = Promise.promise();
            next(client, gateway.port(), left, ended);
            connections.add(ended.future());
        }
        Future.all(connections).toCompletionStage().toCompletableFuture().join();
        double took = (System.nanoTime() - started) / 1e9;
        String result = String.format(
                Locale.ROOT,
                "%,.0f requests/s; CPU per request: %.0f \u00b5s gateway, %.0f \u00b5s PostgreSQL; %s",
                requests / took,
                (Machine.cpuSeconds(gateway.process().pid()) - cpu) / requests * 1e6,
                (Machine.cpuSecondsOfTree(gateway.postmaster()) - database) / requests * 1e6,
                Machine.load());
        await(client.close());
        return result;
    }

    private static void next(HttpClient client, int port, AtomicInteger left, Promise<Void> ended) {
        if (left.getAndDecrement() <= 0) {
            ended.complete();
            return;
        }
        client.request(HttpMethod.POST, port, "127.0.0.1", "/v3/conversations/c/activities")
                .compose(request ->
                        request.putHeader("Content-Type", "application/json").send(BODY))
                .compose(response -> response.statusCode() == 201
                        ? response.body()
                        : Future.failedFuture("status " + response.statusCode()))
                .onComplete(body -> next(client, port, left, ended), ended::fail);
    }
}
