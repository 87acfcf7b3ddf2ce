package dev.botgate.embedded;

import dev.botgate.embedded.DirectoryLock.Purpose;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL that the gateway brings along, for where no other is configured; its data stay between runs.
 *
 * <p>Commits are durable, connections come over loopback only and need a password, and one process at a time may run
 * the server of a directory. It outlives a gateway that is killed, which loses nothing: the next start stops it cleanly.
 * Where it dies before, it is started again on the same port. Nothing here runs by itself when the JVM ends, so whoever
 * started it closes it, last of all.
 *
 * <p>Every method blocks. What cannot be done fails with an {@link EmbeddedDatabaseException}.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    static final String USER = "postgres";

    private static final Duration VISITS_END = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final PostmasterFile server;
    private final String password;
    private final @Nullable Owned owned;

    /** What a starter has, and a visitor has not. */
    private record Owned(ServerSupervisor keeper, DirectoryLock lock) {}

    private EmbeddedDatabase(PostmasterFile server, String password, @Nullable Owned owned) {
        this.server = server;
        this.password = password;
        this.owned = owned;
    }

    /**
     * Starts the server of {@code dataDirectory}, which is made on first use. Waits half a minute for a visit that started
     * it to end.
     *
     * @throws EmbeddedDatabaseException also when another gateway has the directory
     */
    public static EmbeddedDatabase start(Path dataDirectory) {
        return start(dataDirectory, Purpose.RUN, VISITS_END);
    }

    /**
     * Visits the server of {@code dataDirectory} where one runs; else starts it for the time of the visit, for whose end a
     * gateway waits. Who has the directory may be about to start a server, or to end; half a minute is given for either.
     */
    public static EmbeddedDatabase visit(Path dataDirectory) {
        return visit(dataDirectory, true);
    }

    /**
     * The same, but makes no database: where there is none, and nobody is about to make one, this fails and says where it
     * looked.
     */
    public static EmbeddedDatabase visitExisting(Path dataDirectory) {
        return visit(dataDirectory, false);
    }

    private static EmbeddedDatabase visit(Path dataDirectory, boolean making) {
        for (long begin = System.nanoTime(); ; DirectoryLock.pause()) {
            Optional<EmbeddedDatabase> running = attach(dataDirectory);
            if (running.isPresent()) {
                return running.get();
            }
            if (!making && !DataDirectory.isUsed(dataDirectory)) {
                throw EmbeddedDatabaseException.missing(dataDirectory);
            }
            try {
                return start(dataDirectory, Purpose.VISIT, Duration.ZERO, making);
            } catch (DirectoryInUseException e) {
                if (System.nanoTime() - begin >= VISITS_END.toNanos()) {
                    throw e;
                }
            }
        }
    }

    static EmbeddedDatabase start(Path dataDirectory, Purpose purpose, Duration patience) {
        return start(dataDirectory, purpose, patience, true);
    }

    private static EmbeddedDatabase start(Path dataDirectory, Purpose purpose, Duration patience, boolean making) {
        DataDirectory directory = DataDirectory.make(dataDirectory);
        DirectoryLock lock = DirectoryLock.acquire(directory, purpose, patience);
        long begin = System.nanoTime();
        try {
            directory.restoreCluster();
            if (!making && !directory.hasCluster()) {
                throw EmbeddedDatabaseException.missing(dataDirectory);
            }
            EmbeddedDatabase database = start(directory, lock);
            log.atInfo()
                    .addKeyValue("directory", directory.root())
                    .addKeyValue("pid", database.pid())
                    .addKeyValue("port", database.server.port())
                    .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                    .log("PostgreSQL started");
            return database;
        } catch (IOException e) {
            lock.close();
            throw EmbeddedDatabaseException.unusable(directory.root(), e);
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Visits the server that runs on {@code dataDirectory}, whoever started it; closing ends the visit only.
     *
     * @return empty when none runs there, or it does not accept connections yet
     */
    public static Optional<EmbeddedDatabase> attach(Path dataDirectory) {
        if (!dataDirectory.toFile().exists()) {
            return Optional.empty();
        }
        DataDirectory directory = DataDirectory.of(dataDirectory);
        try {
            Optional<PostmasterFile> server = PostmasterFile.read(directory.cluster())
                    .filter(found ->
                            found.ready() && found.writer(directory.cluster()) == PostmasterFile.Writer.RUNNING);
            return server.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new EmbeddedDatabase(server.get(), directory.password(), null));
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(directory.root(), e);
        }
    }

    /** Where it listens: {@code postgresql://127.0.0.1:PORT/postgres}. */
    public URI url() {
        return URI.create("postgresql://127.0.0.1:" + server.port() + "/postgres");
    }

    /** The role to connect as. */
    public String user() {
        return USER;
    }

    /** That role's password, made for this data directory. */
    public String password() {
        return password;
    }

    /** The process id of the server. */
    public long pid() {
        return owned == null ? server.pid() : owned.keeper().server().pid();
    }

    /** Stops the server, if this is who started it: sessions end, everything is written, the directory is free. */
    @Override
    public void close() {
        if (owned == null) {
            return;
        }
        Path directory = owned.keeper().directory().root();
        try (DirectoryLock held = owned.lock()) {
            long begin = System.nanoTime();
            owned.keeper().stop();
            log.atInfo()
                    .addKeyValue("directory", directory)
                    .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                    .log("PostgreSQL stopped");
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(directory, e);
        }
    }

    private static EmbeddedDatabase start(DataDirectory directory, DirectoryLock lock) throws IOException {
        Path home = ServerArchive.ofThisMachine().unpackedIn(directory.programs());
        ServerPrograms programs = ServerPrograms.runnable(home, directory);
        if (directory.hasCluster()) {
            checkVersion(directory, programs);
        } else {
            programs.initialize(directory);
        }
        if (DataDirectory.owner(directory.cluster()) != programs.user()) {
            programs.own(directory);
        }
        String password = directory.password();
        Postmaster postmaster = new Postmaster(programs, directory);
        postmaster.stopLeftOver();
        PostmasterFile server = postmaster.start();
        return new EmbeddedDatabase(server, password, new Owned(ServerSupervisor.of(postmaster, server), lock));
    }

    private static void checkVersion(DataDirectory directory, ServerPrograms programs) throws IOException {
        String made = directory.clusterVersion();
        String here = programs.version();
        if (!made.equals(here)) {
            throw new EmbeddedDatabaseException(
                    "the data in " + directory.cluster() + " were made by PostgreSQL " + made
                            + ", and this is PostgreSQL " + here
                            + "; move them with pg_dump or pg_upgrade, or choose another directory with"
                            + " database.data-directory");
        }
    }
}
