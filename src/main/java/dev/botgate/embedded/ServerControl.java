package dev.botgate.embedded;

import dev.botgate.embedded.ServerPrograms.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates, starts and stops the server of one data directory, by {@code initdb} and {@code pg_ctl}. */
record ServerControl(ServerPrograms programs, DataDirectory directory) {
    private static final Logger LOG = LoggerFactory.getLogger(ServerControl.class);

    /** Long, since after a crash the server first reads its whole write-ahead log. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);

    /** The remains of a killed server keep its memory for a moment, and a free port may be taken by another process. */
    private static final int MAX_TRIES = 5;

    /** Settings on the command line override those in any file of the cluster. */
    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=''",
            "fsync=on",
            "full_page_writes=on",
            "synchronous_commit=on",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_checkpoints=off",
            // Details quote the rows at fault.
            "log_error_verbosity=terse");

    /** Unpacks the programs and creates the database, as far as that is not done yet. */
    static ServerControl prepare(DataDirectory directory) throws IOException {
        Path home = ServerArchive.ofThisMachine().unpackedIn(directory.programs());
        ServerPrograms programs = ServerPrograms.runnable(home, directory);
        ServerControl control = new ServerControl(programs, directory);
        String version = programs.version();
        if (!directory.hasCluster()) {
            control.initialize();
        } else if (!directory.clusterVersion().equals(version)) {
            throw new EmbeddedDatabaseException("the data in " + directory.cluster() + " were made by PostgreSQL "
                    + directory.clusterVersion() + ", and this is PostgreSQL " + version
                    + "; move them with pg_dump or pg_upgrade, or choose another directory with"
                    + " database.data-directory");
        }
        if (DataDirectory.owner(directory.cluster()) != programs.user()) {
            directory.giveTo(programs.user());
        }
        return control;
    }

    /** Creates the database: with a password, complete or not at all. */
    private void initialize() throws IOException {
        long begin = System.nanoTime();
        LOG.atInfo().addKeyValue("directory", directory.cluster()).log("Creating the database");
        DataDirectory.delete(directory.unfinishedCluster());
        directory.makePassword();
        directory.giveTo(programs.user());
        Result made = programs.run(
                "initdb",
                "--pgdata=" + directory.unfinishedCluster(),
                "--username=" + EmbeddedDatabase.USER,
                "--pwfile=" + directory.passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums");
        if (made.exit() != 0) {
            throw new EmbeddedDatabaseException(
                    "PostgreSQL could not be set up in " + directory.root() + ": " + made.lastLines());
        }
        directory.finishCluster();
        LOG.atInfo()
                .addKeyValue("directory", directory.cluster())
                .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                .log("Created the database");
    }

    /**
     * Starts the server on the loopback address and waits until it accepts connections.
     *
     * @param port 0 for any free one
     */
    RunningServer start(int port) throws IOException {
        for (int tries = 1; ; tries++) {
            Result started = tryToStart(port == 0 ? freePort() : port);
            Optional<RunningServer> server = RunningServer.of(directory.cluster());
            if (started.exit() == 0 && server.isPresent()) {
                return server.get();
            }
            if (tries == MAX_TRIES) {
                throw new EmbeddedDatabaseException("PostgreSQL did not start on " + directory.root() + ": "
                        + serverLog(started).lastLines() + " (see " + directory.log() + ")");
            }
            DirectoryLock.pause();
        }
    }

    /** Stops the server that an earlier gateway left running, and forgets one that has died. */
    void stopLeftOver() throws IOException {
        forgetDead();
        Optional<RunningServer> server = RunningServer.of(directory.cluster());
        if (server.isPresent()) {
            LOG.atInfo().addKeyValue("pid", server.get().pid()).log("Stopping the PostgreSQL of an earlier gateway");
            stop(server.get().pid());
        }
    }

    /**
     * Removes the {@code postmaster.pid} of a server that has died when another process has its number: pg_ctl would refuse to
     * start. Should sessions of that server live on, PostgreSQL still finds the memory that they share.
     */
    void forgetDead() throws IOException {
        Path cluster = directory.cluster();
        boolean taken =
                programs.run("pg_ctl", "status", "-D", cluster.toString()).exit() == 0;
        if (taken && RunningServer.of(cluster).isEmpty()) {
            LOG.info("Removing the postmaster.pid of a PostgreSQL that died");
            Files.deleteIfExists(RunningServer.file(cluster));
        }
    }

    /** Stops the server: sessions end, and everything is written. */
    void stop(long pid) throws IOException {
        Result stopped = programs.run(
                "pg_ctl",
                "stop",
                "-D",
                directory.cluster().toString(),
                "-m",
                "fast",
                "-w",
                "-t",
                Long.toString(STOP_TIMEOUT.toSeconds()));
        if (stopped.exit() != 0 && RunningServer.of(directory.cluster()).isPresent()) {
            throw new EmbeddedDatabaseException("PostgreSQL (process " + pid + ") could not be stopped: "
                    + stopped.lastLines() + " (see " + directory.log() + ")");
        }
    }

    /** By pg_ctl, the server is detached from the terminal: Ctrl-C reaches the gateway alone. */
    private Result tryToStart(int port) throws IOException {
        StringBuilder options = new StringBuilder("-p " + port);
        SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
        return programs.run(
                "pg_ctl",
                "start",
                "-D",
                directory.cluster().toString(),
                "-l",
                directory.log().toString(),
                "-o",
                options.toString(),
                "-w",
                "-t",
                Long.toString(START_TIMEOUT.toSeconds()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    /** What the server wrote; what pg_ctl did where there is nothing. */
    private Result serverLog(Result starter) throws IOException {
        Path log = directory.log();
        return Files.exists(log) ? new Result(1, new String(Files.readAllBytes(log), StandardCharsets.UTF_8)) : starter;
    }
}
