package dev.botgate.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A process of the benchmark that listens on a port; what it says goes into a file. */
record Program(String name, ProcessHandle process, int port, Path log) implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** Where the executable is that is called so, on the path or in {@code more} directories; empty where it is not installed. */
    static Optional<Path> installed(String executable, String... more) {
        return Stream.concat(Arrays.stream(System.getenv("PATH").split(File.pathSeparator)), Arrays.stream(more))
                .map(directory -> Path.of(directory, executable))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What runs where, once it runs. */
    interface Place {
        void take(ProcessHandle process) throws IOException, InterruptedException;
    }

    /** Starts {@code command} in {@code directory}, waits until {@code port} answers, and lets it take its {@code place}. */
    static Program start(String name, int port, Path directory, List<String> command, Place place)
            throws IOException, InterruptedException {
        Path log = Files.createDirectories(directory).resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Program program = new Program(name, process.toHandle(), port, log);
        try {
            program.awaitPort();
            place.take(program.process());
        } catch (IOException e) {
            program.close();
            throw e;
        }
        return program;
    }

    private void awaitPort() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(name + " does not listen on port " + port + ":\n" + Files.readString(log));
                }
                Thread.sleep(20);
            }
        }
    }

    /** Asks it to end, and ends it when it does not. */
    @Override
    public void close() {
        boolean asked = process.destroy();
        try {
            var ended = process.onExit().get(asked ? 20 : 1, TimeUnit.SECONDS);
            if (!ended.isAlive()) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            System.err.println(name + " does not end when it is asked to");
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        var unused = process.destroyForcibly();
    }
}
