package dev.botgate.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A server process, as it describes itself in {@code postmaster.pid} (PostgreSQL, "Database File Layout").
 *
 * @param port the TCP port; 0 while the server has not got so far
 * @param ready whether it accepts connections
 */
record RunningServer(long pid, int port, boolean ready) {
    static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    /** The server that runs on {@code cluster}; empty when there is none. */
    static Optional<RunningServer> of(Path cluster) throws IOException {
        return read(cluster).filter(server -> server.runs(cluster));
    }

    private static Optional<RunningServer> read(Path cluster) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file(cluster));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (lines.isEmpty() || !lines.get(0).matches("\\d{1,9}")) {
            return Optional.empty();
        }
        boolean hasPort = lines.size() > 3 && lines.get(3).matches("\\d{1,5}");
        return Optional.of(new RunningServer(
                Long.parseLong(lines.get(0)),
                hasPort ? Integer.parseInt(lines.get(3)) : 0,
                hasPort && lines.size() > 7 && lines.get(7).strip().equals("ready")));
    }

    /**
     * Whether the process with this id is a server of {@code cluster}. It is not once the server has died: another process may
     * have the id by then, or nobody has reaped the dead one, as in a container.
     */
    boolean runs(Path cluster) {
        List<String> command = commandLine();
        return command.get(0).endsWith("/postgres") && command.contains(cluster.toString());
    }

    /** Program and arguments; an empty text when the process has ended. */
    private List<String> commandLine() {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return Arrays.asList(new String(line, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException e) {
            // No such process, or a system without /proc.
            return ProcessHandle.of(pid)
                    .flatMap(process -> process.info().commandLine())
                    .map(line -> Arrays.asList(line.split(" ")))
                    .orElse(List.of(""));
        }
    }
}
