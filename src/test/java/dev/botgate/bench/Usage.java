package dev.botgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process and its children have used so far, as Linux counts it.
 *
 * @param userNanos processor time in its own code; the kernel counts in hundredths of a second
 * @param systemNanos processor time in the kernel's
 */
record Usage(long userNanos, long systemNanos) {
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int USER_TIME = 11;

    static Usage of(ProcessHandle process) throws IOException {
        long user = 0;
        long system = 0;
        for (ProcessHandle one : withChildren(process)) {
            String stat = Files.readString(Path.of("/proc", Long.toString(one.pid()), "stat"));
            // The second field is the command in parentheses, which may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            user += Long.parseLong(fields[USER_TIME]) * NANOS_PER_TICK;
            system += Long.parseLong(fields[USER_TIME + 1]) * NANOS_PER_TICK;
        }
        return new Usage(user, system);
    }

    /** Resident memory of a process and its children, in bytes. */
    static long residentBytes(ProcessHandle process) throws IOException {
        long kilobytes = 0;
        for (ProcessHandle one : withChildren(process)) {
            kilobytes += Files.readAllLines(Path.of("/proc", Long.toString(one.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
        return kilobytes * 1_024;
    }

    Usage since(Usage before) {
        return new Usage(userNanos - before.userNanos, systemNanos - before.systemNanos);
    }

    private static List<ProcessHandle> withChildren(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }
}
