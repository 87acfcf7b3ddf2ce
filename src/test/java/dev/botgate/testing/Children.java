package dev.botgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts {@code java} processes and sees to it that none outlives its test, nor a PostgreSQL that one of them left behind.
 *
 * <p>A field with {@code @RegisterExtension}, or a resource of {@code try}. Processes run in {@link #directory}, which goes
 * with them.
 */
public final class Children implements AfterEachCallback, AutoCloseable {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final List<Child> children = new ArrayList<>();
    private Optional<Path> directory = Optional.empty();

    /** Where the processes run; empty at first. */
    public synchronized Path directory() {
        Path made = directory.orElseGet(Children::temporaryDirectory);
        directory = Optional.of(made);
        return made;
    }

    /** Runs a class of the tests' class path. */
    public Child main(Class<?> main, String... arguments) {
        return main(main, List.of(), Map.of(), arguments);
    }

    /** Runs a class of the tests' class path, with options for the JVM and additions to the environment. */
    public Child main(Class<?> main, List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of("-cp", classPath(), main.getName()));
        return java(options, environment, List.of(arguments));
    }

    /** Runs a jar. */
    public Child jar(Path jar, List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.addAll(List.of("-jar", jar.toAbsolutePath().toString()));
        return java(options, environment, List.of(arguments));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public synchronized void close() {
        children.forEach(Child::kill);
        children.clear();
        directory.ifPresent(Children::endPostgresIn);
        directory.ifPresent(Children::delete);
        directory = Optional.empty();
    }

    private synchronized Child java(List<String> options, Map<String, String> environment, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(options);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory().toFile());
        builder.environment().putAll(environment);
        try {
            Child child = Child.start(builder);
            children.add(child);
            return child;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
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
        try (Stream<Path> files = Files.find(directory, 8, (path, attributes) -> path.endsWith("postmaster.pid"))) {
            for (Path file : files.toList()) {
                long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
                Optional<ProcessHandle> postmaster = ProcessHandle.of(pid)
                        .filter(process -> process.info().command().orElse("").endsWith("postgres"));
                if (postmaster.isPresent() && postmaster.get().destroyForcibly()) {
                    Child.awaitEnd(postmaster.get());
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
