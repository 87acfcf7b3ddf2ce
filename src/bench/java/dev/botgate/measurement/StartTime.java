package dev.botgate.measurement;

import static dev.botgate.testing.Await.await;

import dev.botgate.bench.BarePassThrough;
import dev.botgate.bench.Median;
import dev.botgate.testing.Ports;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * How long the packaged gateway takes from nothing to its first forwarded request, in front of a migrated PostgreSQL, and a
 * bare pass-through in turn with it: the jar, how often, and the homes of one or more JDKs. Of 25 and newer both with an AOT
 * cache and without.
 */
public final class StartTime {
    private final Path directory;
    private final int upstream;
    private final String database;

    private StartTime(Path directory, int upstream, String database) {
        this.directory = directory;
        this.upstream = upstream;
        this.database = database;
    }

    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments[0]).toAbsolutePath();
        int rounds = Integer.parseInt(arguments[1]);
        Path directory = Files.createTempDirectory("botgate-start");
        Vertx vertx = TestVertx.create();
        try (PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"))) {
            HttpServer upstream = await(vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("{}").onFailure(gone -> {}))
                    .listen(0, "127.0.0.1"));
            StartTime measurement = new StartTime(
                    directory,
                    upstream.actualPort(),
                    postgres.createDatabase().url().toString());
            for (int i = 2; i < arguments.length; i++) {
                measurement.of(Path.of(arguments[i]), jar, rounds);
            }
        } finally {
            TestVertx.close(vertx);
        }
    }

    private void of(Path jdk, Path jar, int rounds) throws IOException, InterruptedException {
        String java = jdk.resolve("bin/java").toString();
        boolean caches = Files.readString(jdk.resolve("release")).matches("(?s).*JAVA_VERSION=\"(2[5-9]|[3-9][0-9]).*");
        List<Start> starts = new ArrayList<>();
        List<String> bare = List.of("-cp", bareJar() + ":" + jar, BarePassThrough.class.getName());
        starts.add(new Start("bare pass-through", java, List.of(), bare));
        List<String> gateway = List.of("-jar", jar.toString(), "run");
        starts.add(new Start("gateway", java, List.of(), gateway));
        if (caches) {
            for (Start start : List.copyOf(starts)) {
                Path cache = directory.resolve(start.name.replace(' ', '-') + ".aot");
                var unused = run(new Start(start.name, java, List.of("-XX:AOTCacheOutput=" + cache), start.program));
                starts.add(
                        new Start(start.name + ", AOT cache", java, List.of("-XX:AOTCache=" + cache), start.program));
            }
        }
        List<List<Took>> all = new ArrayList<>();
        for (Start start : starts) {
            // The first one migrates, and fills the page cache.
            var unused = run(start);
            all.add(new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < starts.size(); i++) {
                all.get(i).add(run(starts.get(i)));
            }
        }
        System.out.printf(Locale.ROOT, "%s, %d starts each, %s%n", jdk, rounds, Machine.load());
        for (int i = 0; i < starts.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-30s median %.2f s, fastest %.2f s; %.2f s of processor time%n",
                    starts.get(i).name,
                    Median.of(all.get(i).stream().map(Took::seconds).toList()),
                    all.get(i).stream().mapToDouble(Took::seconds).min().orElse(0),
                    Median.of(all.get(i).stream().map(Took::cpuSeconds).toList()));
        }
    }

    /** Archives of classes are made of jars only. */
    private Path bareJar() throws IOException {
        Path jar = directory.resolve("bare.jar");
        String name = BarePassThrough.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream in = BarePassThrough.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            out.putNextEntry(new JarEntry(name));
            out.write(in.readAllBytes());
            out.closeEntry();
        }
        return jar;
    }

    private Took run(Start start) throws IOException, InterruptedException {
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of(start.java));
        command.addAll(start.options);
        command.addAll(start.program);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        if (start.isGateway()) {
            builder.environment().put("BOTGATE_SERVER_PORT", Integer.toString(port));
            builder.environment().put("BOTGATE_ADMIN_PORT", "0");
            builder.environment().put("BOTGATE_UPSTREAM_CONNECTORS_TEAMS_URL", "http://127.0.0.1:" + upstream);
            builder.environment().put("BOTGATE_DATABASE_URL", database);
        } else {
            builder.command().addAll(List.of(Integer.toString(port), Integer.toString(upstream)));
        }
        long began = System.nanoTime();
        Process process = builder.start();
        try {
            while (!answers(port)) {
                if (!process.isAlive()) {
                    throw new IOException(start.name + " has ended:\n" + Files.readString(directory.resolve("log")));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            return new Took((System.nanoTime() - began) / 1e9, Machine.cpuSeconds(process.pid()));
        } finally {
            process.destroy();
            var unused = process.waitFor();
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /v3/other HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] status = socket.getInputStream().readNBytes(12);
            return new String(status, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    private record Start(String name, String java, List<String> options, List<String> program) {
        boolean isGateway() {
            return program.contains("run");
        }
    }

    private record Took(double seconds, double cpuSeconds) {}
}
