package dev.botgate.gateway;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be closed; the last that was added is closed first. A failure does not keep the others open. */
public final class CloseStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CloseStack.class);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Deque<Part> parts = new ArrayDeque<>();

    public synchronized void add(String name, Supplier<Future<Void>> close) {
        addBlocking(name, () -> {
            var unused = Blocking.await(close.get(), LIMIT);
        });
    }

    public synchronized void addBlocking(String name, AutoCloseable close) {
        parts.push(new Part(name, close));
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
