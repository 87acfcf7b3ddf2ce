package dev.botgate.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a server writes about itself into {@code postmaster.pid} (PostgreSQL, "Database File Layout").
 *
 * @param pid the process that wrote it, which may be long gone
 * @param port the TCP port; 0 while the server has not got so far
 * @param ready whether it accepts connections
 */
record PostmasterFile(long pid, int port, boolean ready) {
    /** What has become of the process that wrote the file. */
    enum Writer {
        /** No process has its number. */
        GONE,
        /** It runs, and is the server of this cluster. */
        RUNNING,
        /** Its number is taken, by some other process or by its own remains that nobody has buried yet. */
        TAKEN,
        /** Something has its number, and what that is cannot be seen. */
        UNKNOWN
    }

    static Path of(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    /** Reads the file; empty when there is none, or not even its first line. */
    static Optional<PostmasterFile> read(Path cluster) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(of(cluster));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (lines.isEmpty() || !lines.get(0).matches("\\d{1,9}")) {
            return Optional.empty();
        }
        boolean hasPort = lines.size() > 3 && lines.get(3).matches("\\d{1,5}");
        return Optional.of(new PostmasterFile(
                Long.parseLong(lines.get(0)),
                hasPort ? Integer.parseInt(lines.get(3)) : 0,
                hasPort && lines.size() > 7 && lines.get(7).strip().equals("ready")));
    }

    Writer writer(Path cluster) {
        List<String> commandLine;
        try {
            commandLine = commandLine();
        } catch (IOException e) {
            // Nor can it be read where no more files can be opened, which says nothing of the process.
            return Files.exists(Path.of("/proc", Long.toString(pid))) ? Writer.UNKNOWN : Writer.GONE;
        }
        if (commandLine.isEmpty()) {
            return Files.exists(Path.of("/proc", Long.toString(pid))) ? Writer.TAKEN : Writer.GONE;
        }
        if (!Path.of(commandLine.get(0)).endsWith("postgres")) {
            return Writer.TAKEN;
        }
        if (commandLine.contains(cluster.toString())) {
            return Writer.RUNNING;
        }
        // Called by another name of this directory, or the server of some other one.
        try {
            return Files.isSameFile(Path.of("/proc", Long.toString(pid), "cwd"), cluster)
                    ? Writer.RUNNING
                    : Writer.TAKEN;
        } catch (IOException e) {
            return Writer.UNKNOWN;
        }
    }

    /** Program and arguments; empty when the process has ended, buried or not. */
    private List<String> commandLine() throws IOException {
        if (Files.isDirectory(Path.of("/proc/self"))) {
            byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return line.length == 0 ? List.of() : Arrays.asList(new String(line, StandardCharsets.UTF_8).split("\0"));
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(process -> Stream.concat(
                                process.info().command().stream(),
                                Arrays.stream(process.info().arguments().orElse(new String[0])))
                        .toList())
                .orElse(List.of());
    }
}
