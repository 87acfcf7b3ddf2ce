package dev.botgate.testing;

import static dev.botgate.testing.Await.until;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts {@code java} processes and sees to it that none outlives its test, nor a PostgreSQL that one of them left behind.
 *
 * <p>A field with {@code @RegisterExtension}, or a resource of {@code try}. Processes run in {@link #directory}, which goes
 * with them.
 */
public final class TestProcesses implements AfterEachCallback, AutoCloseable {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final Path JAR = Path.of(System.getProperty("botgate.jar", "target/botgate.jar"));

    private static final String PROGRAMS = "data/postgres/programs";

    private static @Nullable Path keptServer;

    private final List<TestProcess> children = new ArrayList<>();
    private Optional<Path> directory = Optional.empty();

    /** Where the processes run; empty at first. */
    public synchronized Path directory() {
        Path made = directory.orElseGet(TestProcesses::temporaryDirectory);
        directory = Optional.of(made);
        return made;
    }

    /** Runs a class of the tests' class path. */
    public TestProcess main(Class<?> main, String... arguments) {
        return main(main, List.of(), Map.of(), arguments);
    }

    /** Runs a class of the tests' class path, with options for the JVM and additions to the environment. */
    public TestProcess main(
            Class<?> main, List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of("-cp", classPath(), main.getName()));
        return java(options, environment, List.of(arguments));
    }

    /** Runs the packaged gateway. */
    public TestProcess botgate(List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        return java(jarAnd(jvmOptions), environment, List.of(arguments));
    }

    /** Runs the packaged gateway with as many file descriptors. */
    public TestProcess botgateWith(
            int descriptors, List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        List<String> limit = List.of("prlimit", "--nofile=" + descriptors + ":" + descriptors);
        return start(limit, jarAnd(jvmOptions), environment, List.of(arguments));
    }

    private static List<String> jarAnd(List<String> jvmOptions) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of("-jar", JAR.toAbsolutePath().toString()));
        return options;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public synchronized void close() {
        children.forEach(TestProcess::kill);
        children.clear();
        directory.ifPresent(TestProcesses::endPostgresIn);
        directory.ifPresent(TestProcesses::keepServer);
        directory.ifPresent(TestProcesses::delete);
        directory = Optional.empty();
    }

    private TestProcess java(List<String> options, Map<String, String> environment, List<String> arguments) {
        return start(List.of(), options, environment, arguments);
    }

    private synchronized TestProcess start(
            List<String> limits, List<String> options, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(limits);
        command.addAll(List.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(options);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory().toFile());
        builder.environment().putAll(environment);
        try {
            TestProcess child = TestProcess.start(builder);
            children.add(child);
            return child;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /**
     * Puts PostgreSQL's programs, as an earlier test unpacked them, where the packaged gateway looks for them: unpacking takes
     * longer than all else of a start. Does nothing when no test has unpacked any.
     */
    public void linkServer() {
        synchronized (TestProcesses.class) {
            if (keptServer != null) {
                linkTree(keptServer, directory().resolve(PROGRAMS));
            }
        }
    }

    private static void keepServer(Path directory) {
        Path programs = directory.resolve(PROGRAMS);
        synchronized (TestProcesses.class) {
            if (keptServer == null && Files.isDirectory(programs) && !Files.exists(programs.resolve("unfinished"))) {
                Path kept = temporaryDirectory();
                linkTree(programs, kept);
                keptServer = kept;
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(kept)));
            }
        }
    }

    private static void linkTree(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file));
                if (Files.isSymbolicLink(file)) {
                    Path destination = Files.readSymbolicLink(file);
                    Files.createSymbolicLink(copy, destination);
                } else if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.createLink(copy, file);
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String classPath() {
        String surefire = System.getProperty("surefire.test.class.path", "");
        return surefire.isEmpty() ? System.getProperty("java.class.path") : surefire;
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("botgate-children");
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Ends each PostgreSQL whose data lies under {@code directory}: the first line of postmaster.pid is its process. */
    private static void endPostgresIn(Path directory) {
        for (Path file : contents(directory)) {
            if (!file.endsWith("postmaster.pid")) {
                continue;
            }
            // A server that is just starting makes it, and then writes it.
            until(() -> !firstLine(file).equals(Optional.of("")));
            Optional<ProcessHandle> postmaster = firstLine(file)
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                    .filter(process -> process.info().command().orElse("").endsWith("postgres"));
            if (postmaster.isPresent() && postmaster.get().destroyForcibly()) {
                TestProcess.awaitEnd(postmaster.get());
            }
        }
    }

    /** The empty text when there is no line, and nothing when there is no file. */
    private static Optional<String> firstLine(Path file) {
        try {
            return Optional.of(
                    Files.readAllLines(file).stream().findFirst().orElse("").strip());
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The other processes of a server that was ended notice that a little later, and may make files until then. */
    private static void delete(Path directory) {
        until(() -> isDeleted(directory));
    }

    private static boolean isDeleted(Path directory) {
        try {
            for (Path file : contents(directory)) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (DirectoryNotEmptyException grown) {
            return false;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** What is in {@code directory}, each directory after what is in it, itself last; not what vanishes meanwhile. */
    private static List<Path> contents(Path directory) {
        List<Path> contents = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    contents.add(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
                    if (cause instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw cause;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException cause)
                        throws IOException {
                    contents.add(visited);
                    return super.postVisitDirectory(visited, cause);
                }
            });
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return contents;
    }

    /** A process under test, standard output and error read as they come. */
    public static final class TestProcess {
        private final Process process;
        private final List<String> output = new ArrayList<>();
        private boolean ended;

        private TestProcess(Process process) {
            this.process = process;
        }

        static TestProcess start(ProcessBuilder builder) throws IOException {
            TestProcess child =
                    new TestProcess(builder.redirectErrorStream(true).start());
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
                    () -> output.stream().filter(line -> line.contains(part)).findFirst(),
                    "line with \"" + part + "\"");
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
}
