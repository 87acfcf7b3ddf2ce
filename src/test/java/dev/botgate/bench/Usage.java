package dev.botgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor time that the threads of a process and its children have used so far, as Linux counts it. A JVM's compilers
 * are left out: what they cost is over after some time, and would else be taken for the requests' cost.
 *
 * @param byThread of those that live
 */
record Usage(Map<Long, Time> byThread) {
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int USER_TIME = 11;

    Usage {
        byThread = Map.copyOf(byThread);
    }

    /**
     * Processor time.
     *
     * @param userNanos in its own code; the kernel counts in hundredths of a second
     * @param systemNanos in the kernel's
     */
    record Time(long userNanos, long systemNanos) {
        static final Time NONE = new Time(0, 0);

        Time plus(Time other) {
            return new Time(userNanos + other.userNanos, systemNanos + other.systemNanos);
        }

        Time minus(Time other) {
            return new Time(userNanos - other.userNanos, systemNanos - other.systemNanos);
        }
    }

    static Usage of(ProcessHandle process) throws IOException {
        Map<Long, Time> found = new HashMap<>();
        for (ProcessHandle one : withChildren(process)) {
            try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(one.pid()), "task"))) {
                for (Path thread : threads.toList()) {
                    read(thread, found);
                }
            }
        }
        return new Usage(found);
    }

    private static void read(Path thread, Map<Long, Time> found) throws IOException {
        String stat;
        try {
            stat = Files.readString(thread.resolve("stat"));
        } catch (NoSuchFileException ended) {
            return;
        }
        // The second field is the thread's name in parentheses, which may hold anything.
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        if (!name.matches("C[12] Compiler.*")) {
            found.put(
                    Long.valueOf(thread.getFileName().toString()),
                    new Time(
                            Long.parseLong(fields[USER_TIME]) * NANOS_PER_TICK,
                            Long.parseLong(fields[USER_TIME + 1]) * NANOS_PER_TICK));
        }
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

    /** What was used since {@code before}, by the threads that live. */
    Time since(Usage before) {
        Time all = Time.NONE;
        for (Map.Entry<Long, Time> thread : byThread.entrySet()) {
            Time then = before.byThread.getOrDefault(thread.getKey(), Time.NONE);
            all = all.plus(thread.getValue().minus(then));
        }
        return all;
    }

    private static List<ProcessHandle> withChildren(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }
}
