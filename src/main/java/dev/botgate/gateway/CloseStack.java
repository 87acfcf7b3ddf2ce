package dev.botgate.gateway;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be closed, in the reverse order of its start. A failure does not keep the others open. */
public final class CloseStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CloseStack.class);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Deque<Part> parts = new ArrayDeque<>();

    /** Will close {@code part} before everything that was added earlier. */
    public synchronized void before(String name, Supplier<Future<Void>> part) {
        parts.push(new Part(name, () -> {
            var unused = Blocking.await(part.get(), LIMIT);
        }));
    }

    /** Will close {@code part} after everything that is added later. */
    public synchronized void atLast(String name, AutoCloseable part) {
        parts.push(new Part(name, part));
    }

    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closeable().close();
            } catch (Exception e) {
                LOG.atError().addKeyValue("part", part.name()).setCause(e).log("A part did not close cleanly");
            }
        }
    }

    private record Part(String name, AutoCloseable closeable) {}
}
