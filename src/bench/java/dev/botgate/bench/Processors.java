package dev.botgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processors of this machine, and who runs on which: with {@code -Dbench.pinned} what is measured has the first one for
 * itself, and everything else the others. Nobody is told to where it is not {@code pinned}.
 *
 * @param all those that this process was allowed at first
 */
record Processors(List<Integer> all, boolean pinned) {
    private static final String TASKSET = "taskset";
    private static final int ATTEMPTS = 5;

    Processors {
        all = List.copyOf(all);
    }

    /** @throws IllegalArgumentException when they are to be {@code pinned} and that is not to be had */
    static Processors of(boolean pinned) throws IOException {
        List<Integer> allowed = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .flatMap(line -> listed(line.substring(line.indexOf(':') + 1).strip()))
                .toList();
        boolean installed = Program.installed(TASKSET).isPresent();
        if (pinned && (allowed.size() < 2 || !installed)) {
            throw new IllegalArgumentException("bench.pinned: " + allowed.size() + " processors, " + TASKSET
                    + (installed ? "" : " not") + " installed (expected: two or more, and " + TASKSET + ")");
        }
        return new Processors(allowed, pinned);
    }

    /** The numbers of a list as Linux writes it, such as {@code 0-3,6}. */
    static Stream<Integer> listed(String list) {
        return Arrays.stream(list.split(",")).flatMap(part -> {
            String[] ends = part.split("-");
            return IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .boxed();
        });
    }

    /** The command that starts {@code command} on all processors, so that a JVM counts them all. */
    List<String> onAll(List<String> command) {
        List<String> whole = new ArrayList<>(command);
        if (pinned) {
            whole.addAll(0, List.of(TASKSET, "-c", list(all)));
        }
        return whole;
    }

    /** {@code process} is what is measured. */
    void first(ProcessHandle process) throws IOException, InterruptedException {
        pin(process, all.subList(0, 1));
    }

    /** {@code process} is at work beside it. */
    void others(ProcessHandle process) throws IOException, InterruptedException {
        pin(process, all.subList(1, all.size()));
    }

    private void pin(ProcessHandle process, List<Integer> to) throws IOException, InterruptedException {
        if (!pinned) {
            return;
        }
        // It says so when a thread ends under its hands.
        for (int i = 0; i < ATTEMPTS; i++) {
            int status = new ProcessBuilder(TASKSET, "-a", "-c", "-p", list(to), Long.toString(process.pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (status == 0) {
                return;
            }
        }
        throw new IOException("Process " + process.pid() + " could not be pinned to processors " + list(to));
    }

    private static String list(List<Integer> processors) {
        return processors.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
