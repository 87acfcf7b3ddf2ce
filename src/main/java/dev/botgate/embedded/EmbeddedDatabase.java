package dev.botgate.embedded;

import dev.botgate.embedded.DirectoryLock.Purpose;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL that the gateway brings, for use where no other is configured; its data stay between runs.
 *
 * <p>Commits are durable, connections come over loopback only and need a password, and one process at a time may run the
 * server of a directory. A server that dies is started again on the same port. A server that outlives a killed gateway is
 * stopped by the next start, and nothing is lost. No shutdown hook is installed: whoever starts the server closes it.
 *
 * <p>Every method blocks. Failures are {@link EmbeddedDatabaseException}s.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    static final String USER = "postgres";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** How long a start waits for a command to end, and a command for a server to start or stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_RESTART_PAUSE = Duration.ofMinutes(1);

    private final String password;
    private final @Nullable Owner owner;
    private RunningServer server;
    private boolean closed;

    /** What is needed to restart and stop the server; a visitor has none of it. */
    private record Owner(ServerControl control, DirectoryLock lock) {}

    private EmbeddedDatabase(RunningServer server, String password, @Nullable Owner owner) {
        this.server = server;
        this.password = password;
        this.owner = owner;
    }

    /**
     * Starts the server of {@code dataDirectory} and creates its database on first use. Waits up to 30 s for a command that
     * uses the directory to end.
     *
     * @throws EmbeddedDatabaseException also when another gateway uses the directory
     */
    public static EmbeddedDatabase start(Path dataDirectory) {
        return start(dataDirectory, Purpose.RUN, PATIENCE, true);
    }

    /**
     * Connects to the running server of {@code dataDirectory}, or starts it until this is closed. Waits up to 30 s for another
     * process that is about to start or stop the server.
     *
     * @param create whether a database is created where there is none; otherwise the call fails then
     */
    public static EmbeddedDatabase visit(Path dataDirectory, boolean create) {
        for (long begin = System.nanoTime(); ; DirectoryLock.pause()) {
            Optional<EmbeddedDatabase> running = attach(dataDirectory);
            if (running.isPresent()) {
                return running.get();
            }
            if (!create && !DataDirectory.isUsed(dataDirectory)) {
                throw EmbeddedDatabaseException.missing(dataDirectory);
            }
            try {
                return start(dataDirectory, Purpose.VISIT, Duration.ZERO, create);
            } catch (DirectoryLock.InUseException e) {
                if (System.nanoTime() - begin >= PATIENCE.toNanos()) {
                    throw e;
                }
            }
        }
    }

    /**
     * Connects to the running server of {@code dataDirectory}, whoever started it. Closing this does not stop the server.
     *
     * @return empty when no server runs there, or it does not accept connections yet
     */
    public static Optional<EmbeddedDatabase> attach(Path dataDirectory) {
        if (!Files.exists(dataDirectory)) {
            return Optional.empty();
        }
        try {
            DataDirectory directory = new DataDirectory(dataDirectory.toRealPath());
            Optional<RunningServer> server =
                    RunningServer.of(directory.cluster()).filter(RunningServer::ready);
            return server.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new EmbeddedDatabase(server.get(), directory.password(), null));
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(dataDirectory, e);
        }
    }

    static EmbeddedDatabase start(Path dataDirectory, Purpose purpose, Duration patience, boolean create) {
        DataDirectory directory = DataDirectory.make(dataDirectory);
        DirectoryLock lock = DirectoryLock.acquire(directory, purpose, patience);
        try {
            if (!create && !directory.hasCluster()) {
                throw EmbeddedDatabaseException.missing(dataDirectory);
            }
            long begin = System.nanoTime();
            ServerControl control = ServerControl.prepare(directory);
            control.stopLeftOver();
            RunningServer server = control.start(0);
            EmbeddedDatabase database = new EmbeddedDatabase(server, directory.password(), new Owner(control, lock));
            LOG.atInfo()
                    .addKeyValue("directory", directory.root())
                    .addKeyValue("pid", server.pid())
                    .addKeyValue("port", server.port())
                    .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                    .log("PostgreSQL started");
            Thread supervisor = new Thread(() -> database.superviseWith(control), "PostgreSQL supervisor");
            supervisor.setDaemon(true);
            supervisor.start();
            return database;
        } catch (IOException e) {
            lock.close();
            throw EmbeddedDatabaseException.unusable(directory.root(), e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** Where the server listens: {@code postgresql://127.0.0.1:PORT/postgres}. */
    public synchronized URI url() {
        return URI.create("postgresql://127.0.0.1:" + server.port() + "/postgres");
    }

    /** The role to connect as. */
    public String user() {
        return USER;
    }

    /** That role's password, generated for this data directory. */
    public String password() {
        return password;
    }

    /** The process id of the server. */
    public synchronized long pid() {
        return server.pid();
    }

    /** Stops the server and frees the directory, unless this only visits it: sessions end, and everything is written. */
    @Override
    public synchronized void close() {
        if (owner == null || closed) {
            return;
        }
        closed = true;
        notifyAll();
        Path directory = owner.control().directory().root();
        try (DirectoryLock held = owner.lock()) {
            long begin = System.nanoTime();
            owner.control().stop(server.pid());
            LOG.atInfo()
                    .addKeyValue("directory", directory)
                    .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                    .log("PostgreSQL stopped");
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(directory, e);
        }
    }

    /** Restarts the server on the same port whenever it has died, so that clients can connect again. */
    private synchronized void superviseWith(ServerControl control) {
        Duration pause = CHECK_INTERVAL;
        try {
            while (!closed) {
                wait(pause.toMillis());
                if (!closed && !server.runs(control.directory().cluster())) {
                    pause = restarted(control) ? CHECK_INTERVAL : longer(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean restarted(ServerControl control) {
        try {
            control.forgetDead();
            Optional<RunningServer> running =
                    RunningServer.of(control.directory().cluster());
            if (running.isEmpty()) {
                LOG.atError().addKeyValue("pid", server.pid()).log("PostgreSQL died; restarting it");
                server = control.start(server.port());
                LOG.atInfo().addKeyValue("pid", server.pid()).log("PostgreSQL runs again");
            }
            return true;
        } catch (IOException | EmbeddedDatabaseException e) {
            LOG.atError().setCause(e).log("PostgreSQL could not be restarted; trying again later");
            return false;
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(MAX_RESTART_PAUSE) < 0 ? twice : MAX_RESTART_PAUSE;
    }
}
