package dev.botgate.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What Linux tells of processes. */
final class Machine {
    private static final int UTIME = 11;
    private static final int CUTIME = 13;
    private static final double TICKS_PER_SECOND = 100;

    private Machine() {}

    static String load() {
        return "load average " + text(Path.of("/proc/loadavg")).replaceAll("( [^ ]+){2}\\s*$", "");
    }

    /** The CPU time of one process, in seconds. */
    static double cpuSeconds(long pid) {
        return ticks(pid, UTIME, UTIME + 2) / TICKS_PER_SECOND;
    }

    /** The CPU time of one process and of all that it started, those that have ended included, in seconds. */
    static double cpuSecondsOfTree(long pid) {
        long children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .flatMapToLong(child -> LongStream.of(ticks(child.pid(), UTIME, UTIME + 2)))
                .sum();
        return (ticks(pid, UTIME, CUTIME + 2) + children) / TICKS_PER_SECOND;
    }

    private static long ticks(long pid, int from, int to) {
        String stat = text(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.indexOf(')') + 1).strip().split(" ", -1);
        return fields.length < to
                ? 0
                : Stream.of(fields)
                        .skip(from)
                        .limit(to - from)
                        .mapToLong(Long::parseLong)
                        .sum();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException gone) {
            return ")";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
