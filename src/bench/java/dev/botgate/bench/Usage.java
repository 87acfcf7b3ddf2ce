package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor time that the threads of a process and its children have used so far, as Linux counts it. A JVM's compilers
 * are left out: what they cost is over after some time, and would else be taken for the requests' cost.
 *
 * <p>Threads that have ended are not among them: what is measured works on threads that stay, while a JVM's compilers come
 * and go, and nothing tells afterwards whose time it was.
 *
 * @param byThread of those that live
 */
record Usage(Map<Long, Spent> byThread) {
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final int USER_TIME = 11;

    Usage {
        byThread = Map.copyOf(byThread);
    }

    /**
     * What one thread has used.
     *
     * @param nanos on a processor, by {@code schedstat}; where the kernel has none, by the hundredths
     * @param userTicks hundredths of a second in its own code, by {@code stat}
     * @param systemTicks likewise in the kernel's
     */
    record Spent(long nanos, long userTicks, long systemTicks) {
        static final Spent NOTHING = new Spent(0, 0, 0);

        Spent plus(Spent other) {
            return new Spent(nanos + other.nanos, userTicks + other.userTicks, systemTicks + other.systemTicks);
        }

        Spent minus(Spent other) {
            return new Spent(nanos - other.nanos, userTicks - other.userTicks, systemTicks - other.systemTicks);
        }

        /** All nanoseconds, in the proportion of the hundredths; its own code's where there are none. */
        Time time() {
            long ticks = userTicks + systemTicks;
            long system = ticks <= 0 ? 0 : Math.round((double) nanos * systemTicks / ticks);
            return new Time(nanos - system, system);
        }
    }

    /** Processor time in a process's own code, and in the kernel's. */
    record Time(long userNanos, long systemNanos) {}

    /** @throws IOException when {@code process} has ended; children and threads may, meanwhile */
    static Usage of(ProcessHandle process) throws IOException {
        Map<Long, Spent> found = new HashMap<>();
        for (ProcessHandle one : withChildren(process)) {
            for (Path thread : threads(one)) {
                read(thread, found);
            }
        }
        if (!process.isAlive()) {
            throw new IOException("Process " + process.pid() + " has ended");
        }
        return new Usage(found);
    }

    private static List<Path> threads(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(proc(process).resolve("task"))) {
            return threads.toList();
        } catch (IOException | UncheckedIOException ended) {
            return List.of();
        }
    }

    private static void read(Path thread, Map<Long, Spent> found) {
        String stat;
        String scheduled;
        try {
            stat = Files.readString(thread.resolve("stat"));
            scheduled = Files.exists(thread.resolve("schedstat")) ? Files.readString(thread.resolve("schedstat")) : "";
        } catch (IOException ended) {
            return;
        }
        // The second field is the thread's name in parentheses, which may hold anything.
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long user = Long.parseLong(fields[USER_TIME]);
        long system = Long.parseLong(fields[USER_TIME + 1]);
        long nanos = scheduled.isBlank()
                ? (user + system) * NANOS_PER_TICK
                : Long.parseLong(scheduled.substring(0, scheduled.indexOf(' ')));
        if (!name.matches("C[12] Compiler.*")) {
            found.put(Long.valueOf(thread.getFileName().toString()), new Spent(nanos, user, system));
        }
    }

    /**
     * Resident memory of a process and its children, in bytes.
     *
     * @throws IOException when {@code process} has ended
     */
    static long residentBytes(ProcessHandle process) throws IOException {
        long kilobytes = 0;
        for (ProcessHandle one : withChildren(process)) {
            try {
                kilobytes += Files.readAllLines(proc(one).resolve("status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            } catch (IOException e) {
                if (one.equals(process)) {
                    throw e;
                }
            }
        }
        return kilobytes * 1_024;
    }

    /** What was used since {@code before}, by the threads that live. */
    Time since(Usage before) {
        Spent all = Spent.NOTHING;
        for (Map.Entry<Long, Spent> thread : byThread.entrySet()) {
            Spent then = before.byThread.getOrDefault(thread.getKey(), Spent.NOTHING);
            all = all.plus(thread.getValue().minus(then));
        }
        return all.time();
    }

    private static Path proc(ProcessHandle process) {
        return Path.of("/proc", Long.toString(process.pid()));
    }

    private static List<ProcessHandle> withChildren(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).toList();
    }
}
