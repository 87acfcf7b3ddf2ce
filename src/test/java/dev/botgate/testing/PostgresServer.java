package dev.botgate.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own, which a test may stop, kill and start again; its port and its data stay.
 *
 * <p>What is committed survives the death of its processes, though not a power cut: {@code fsync} is off, for speed.
 * Most tests want a database of the shared server instead: see {@link TestPostgres}.
 */
public final class PostgresServer implements AutoCloseable {
    private final Path dataDirectory;
    private final int port;
    private EmbeddedPostgres running;

    private PostgresServer(Path dataDirectory, int port) {
        this.dataDirectory = dataDirectory;
        this.port = port;
        this.running = run();
    }

    /** Starts a server whose data lies in {@code dataDirectory}. */
    public static PostgresServer start(Path dataDirectory) {
        return new PostgresServer(dataDirectory, Ports.free());
    }

    /** A new, empty database. */
    public TestDatabase createDatabase() {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        new TestDatabase(port, "postgres").execute("CREATE DATABASE " + name);
        return new TestDatabase(port, name);
    }

    /** Kills every process of the server with SIGKILL. */
    public void kill() {
        ProcessHandle postmaster = postmaster();
        // So that it makes none that is not seen: one that outlives it stands in the way of the next start.
        signal("STOP", Stream.of(postmaster));
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit()
                .orTimeout(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join());
        close();
    }

    /** Stops every process of the server with SIGSTOP: connections stay, and nothing is answered. */
    public void freeze() {
        // The first one first, so that it makes no more.
        signal("STOP", Stream.of(postmaster()));
        signal("STOP", postmaster().descendants());
    }

    /** Lets a frozen server go on. */
    public void thaw() {
        signal("CONT", Stream.concat(Stream.of(postmaster()), postmaster().descendants()));
    }

    /** Starts again what was killed or closed. */
    public void restart() {
        running = run();
    }

    /** Stops the server in good order. */
    @Override
    public void close() {
        try {
            running.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres run() {
        try {
            EmbeddedPostgres started = EmbeddedPostgres.builder()
                    .setDataDirectory(dataDirectory)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setPGStartupWait(Patience.LIMIT)
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("track_commit_timestamp", "on")
                    .setLocaleConfig("locale", "C.UTF-8")
                    .start();
            try (var connection = started.getPostgresDatabase().getConnection()) {
                if (!connection.isValid(10)) {
                    throw new IllegalStateException("The PostgreSQL on port " + port + " does not answer");
                }
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that has ended meanwhile is none to signal. */
    private static void signal(String name, Stream<ProcessHandle> processes) {
        String pids = processes.map(process -> Long.toString(process.pid())).collect(Collectors.joining(" "));
        try {
            int exit = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pids + " 2>&1; true")
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("The shell ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ProcessHandle postmaster() {
        try {
            String pid =
                    Files.readAllLines(dataDirectory.resolve("postmaster.pid")).get(0);
            return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
