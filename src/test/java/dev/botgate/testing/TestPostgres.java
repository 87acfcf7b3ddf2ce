package dev.botgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test class a database of its own, on one real PostgreSQL for the whole JVM: ask for a {@link TestDatabase}
 * parameter, in the constructor or in a method.
 */
public final class TestPostgres implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TestPostgres.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestDatabase.class;
    }

    @Override
    public TestDatabase resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // A session lasts as long as the JVM; a root context may be that of one class alone.
        Store session = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE);
        Shared shared = session.getOrComputeIfAbsent(Shared.class, ignored -> Shared.start(), Shared.class);
        Class<?> testClass = context.getRequiredTestClass();
        return session.getOrComputeIfAbsent(
                testClass, ignored -> shared.server().createDatabase(), TestDatabase.class);
    }

    /** The one server, stopped and removed when the last test has run. */
    private record Shared(PostgresServer server, Path directory) implements AutoCloseable {
        static Shared start() {
            try {
                Path directory = Files.createTempDirectory("botgate-test-postgres");
                return new Shared(PostgresServer.start(directory.resolve("data")), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            List<Path> files;
            try (Stream<Path> walk = Files.walk(directory)) {
                files = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }
}
