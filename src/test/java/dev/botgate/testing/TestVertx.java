package dev.botgate.testing;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link Vertx} of their own and closes it: one for each class where {@code @BeforeAll} asks for it, else one
 * for each test. For use with {@code @ExtendWith}, or by its static methods alone.
 *
 * <p>Two event loops, which are looked at every 100 ms once they have not come back for 2 s: see {@link BlockedThreads}.
 */
public final class TestVertx implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(TestVertx.class);

    /** A Vert.x instance that the caller closes. */
    public static Vertx create() {
        return Vertx.vertx(options());
    }

    /** The options that tests run with. */
    public static VertxOptions options() {
        return new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(4)
                .setInternalBlockingPoolSize(4)
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(100)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.SECONDS)
                .setMaxEventLoopExecuteTime(2)
                .setWarningExceptionTimeUnit(TimeUnit.SECONDS)
                .setWarningExceptionTime(2);
    }

    /** Closes an instance, and waits for it. */
    public static void close(Vertx vertx) {
        Await.await(vertx.close());
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Vertx.class;
    }

    @Override
    public Vertx resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Vertx.class, key -> new Open(create()), Open.class)
                .vertx();
    }

    private record Open(Vertx vertx) implements AutoCloseable {
        @Override
        public void close() {
            TestVertx.close(vertx);
        }
    }
}
