package dev.botgate.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A process under test, standard output and error read as they come. */
public final class TestProcess {
    private final Process process;
    private final List<String> output = new ArrayList<>();
    private boolean ended;

    private TestProcess(Process process) {
        this.process = process;
    }

    static TestProcess start(ProcessBuilder builder) throws IOException {
        TestProcess child = new TestProcess(builder.redirectErrorStream(true).start());
        Thread reader = new Thread(child::read, "output-of-" + child.process.pid());
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    public long pid() {
        return process.pid();
    }

    /** The first line, among those already written too, that has {@code part} in it. */
    public String awaitLine(String part) {
        return await(
                () -> output.stream().filter(line -> line.contains(part)).findFirst(), "line with \"" + part + "\"");
    }

    /** Everything that was written so far. */
    public synchronized String output() {
        return String.join("\n", output);
    }

    /** Ends it at once, as SIGKILL does, and waits until it has ended. */
    public void kill() {
        signal(true);
        awaitEnd(process.toHandle());
    }

    /** Asks it to end, as SIGTERM does; {@link #exitCode} waits for it. */
    public void terminate() {
        signal(false);
    }

    /** Waits until it has ended and all its output is read; gives its exit code. */
    public int exitCode() {
        awaitEnd(process.toHandle());
        return await(() -> ended ? Optional.of(process.exitValue()) : Optional.empty(), "end of the output");
    }

    /** By its handle: {@link Process#destroy} would close the output with what is still unread. */
    private void signal(boolean forcibly) {
        ProcessHandle handle = process.toHandle();
        boolean sent = forcibly ? handle.destroyForcibly() : handle.destroy();
        if (!sent && handle.isAlive()) {
            throw new AssertionError("Process " + handle.pid() + " could not be signalled");
        }
    }

    static void awaitEnd(ProcessHandle process) {
        try {
            ProcessHandle over = process.onExit().get(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (over.isAlive()) {
                throw new AssertionError("Process " + over.pid() + " lives after its end");
            }
        } catch (ExecutionException | TimeoutException late) {
            throw new AssertionError("Process " + process.pid() + " did not end within " + Patience.LIMIT, late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    /** Waits until {@code condition} gives something; gives up when the output has ended without. */
    private synchronized <T> T await(Supplier<Optional<T>> condition, String what) {
        long end = System.nanoTime() + Patience.LIMIT.toNanos();
        try {
            Optional<T> met = condition.get();
            while (met.isEmpty()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (ended || left <= 0) {
                    throw new AssertionError("There was no " + what + ", but:\n" + output());
                }
                wait(left);
                met = condition.get();
            }
            return met.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(line);
            }
        } catch (IOException killed) {
            add("(the rest of the output was lost: " + killed.getMessage() + ")");
        }
        end();
    }

    private synchronized void add(String line) {
        output.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }
}
