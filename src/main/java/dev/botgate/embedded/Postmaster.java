package dev.botgate.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server process of a cluster: started, found again, stopped. */
record Postmaster(ServerPrograms programs, DataDirectory directory) {
    private static final Logger log = LoggerFactory.getLogger(Postmaster.class);

    /** Long, since after a crash the server first reads its whole write-ahead log. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
    private static final int TRIES = 5;

    /** Settings given on the command line stand above those in any file of the cluster. */
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

    /** Starts the server on a free port of the loopback address, and waits until it accepts connections. */
    PostmasterFile start() throws IOException {
        return start(0);
    }

    /** Does so on {@code port}; 0 for a free one. */
    PostmasterFile start(int port) throws IOException {
        for (int tries = 1; ; tries++) {
            long logged = logSize();
            Optional<PostmasterFile> started = tryToStart(port == 0 ? freePort() : port);
            if (started.isPresent()) {
                return started.get();
            }
            String said = logSince(logged);
            boolean passing = said.contains("Address already in use") || said.contains("shared memory block");
            if (!passing || tries == TRIES) {
                throw new EmbeddedDatabaseException("PostgreSQL did not start on " + directory.root() + ": "
                        + ServerPrograms.lastLines(said) + " (see " + directory.log() + ")");
            }
            pause(Duration.ofMillis(200));
        }
    }

    /** Makes sure that no server of an earlier gateway is left: stops it if it runs, forgets it if it is dead. */
    void stopLeftOver() throws IOException {
        Optional<PostmasterFile> found = PostmasterFile.read(directory.cluster());
        if (found.isEmpty()) {
            return;
        }
        long pid = found.get().pid();
        switch (found.get().writer(directory.cluster())) {
            case RUNNING -> {
                log.atInfo()
                        .addKeyValue("pid", pid)
                        .log("Stopping the PostgreSQL that an earlier gateway left running");
                stop(pid);
            }
            case TAKEN -> {
                // PostgreSQL looks at the number only, and would refuse to start. Should sessions of the dead server
                // live
                // on, it still finds the shared memory they hold.
                log.atInfo().addKeyValue("pid", pid).log("Removing the postmaster.pid of a PostgreSQL that has died");
                Files.deleteIfExists(PostmasterFile.of(directory.cluster()));
            }
            case GONE, UNKNOWN -> log.atDebug().addKeyValue("pid", pid).log("Leaving postmaster.pid to PostgreSQL");
        }
    }

    /** Stops the server with that process id: sessions end, everything is written, and the process has gone. */
    void stop(long pid) throws IOException {
        // spotless:off
        Process signal = programs.launch("pg_ctl", List.of(
                "stop", "-D", directory.cluster().toString(), "-m", "fast", "-W"), ProcessBuilder.Redirect.DISCARD);
        // spotless:on
        int sent = ServerPrograms.exit(signal);
        PostmasterFile server = new PostmasterFile(pid, 0, false);
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        while (server.writer(directory.cluster()) == PostmasterFile.Writer.RUNNING) {
            if (sent != 0 || System.nanoTime() > deadline) {
                throw new EmbeddedDatabaseException(
                        "PostgreSQL (process " + pid + ") could not be stopped; see " + directory.log());
            }
            pause(Duration.ofMillis(5));
        }
    }

    private Optional<PostmasterFile> tryToStart(int port) throws IOException {
        StringBuilder options = new StringBuilder("-p " + port);
        SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
        // Through pg_ctl, which detaches the server from the terminal: Ctrl-C is for the gateway to handle.
        // spotless:off
        Process starter = programs.launch("pg_ctl", List.of(
                "start", "-D", directory.cluster().toString(), "-l", directory.log().toString(), "-o", options.toString(),
                "-w", "-t", Long.toString(START_TIMEOUT.toSeconds())), ProcessBuilder.Redirect.DISCARD);
        // spotless:on
        while (true) {
            boolean ended = !starter.isAlive();
            Optional<PostmasterFile> server = PostmasterFile.read(directory.cluster())
                    .filter(found -> found.ready() && found.port() == port)
                    .filter(found -> found.writer(directory.cluster()) == PostmasterFile.Writer.RUNNING);
            if (server.isPresent() || ended) {
                return server;
            }
            pause(Duration.ofMillis(5));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    private long logSize() throws IOException {
        return Files.exists(directory.log()) ? Files.size(directory.log()) : 0;
    }

    private String logSince(long position) throws IOException {
        Path file = directory.log();
        if (!Files.exists(file)) {
            return "no log was written";
        }
        ByteBuffer text = ByteBuffer.allocate(8192);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(position, channel.size() - text.capacity());
            int read = channel.read(text, from);
            return read < 0 ? "" : new String(text.array(), 0, read, StandardCharsets.UTF_8);
        }
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw EmbeddedDatabaseException.interrupted("waiting for PostgreSQL");
        }
    }
}
