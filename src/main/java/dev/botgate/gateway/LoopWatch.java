package dev.botgate.gateway;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Detects event loops that are blocked: each gets a small task in every round, and counts as blocked until it has run it.
 *
 * <p>The time is counted in the watcher's own rounds, so that a pause of the whole process does not count. The result can be
 * read on any thread.
 */
final class LoopWatch {
    private static final Duration ROUND = Duration.ofMillis(200);

    private final Vertx watcher;
    private final List<Loop> loops = new ArrayList<>();

    /** @param watcher runs the rounds on its event loop; add the loops, then {@link #start} */
    LoopWatch(Vertx watcher) {
        this.watcher = watcher;
    }

    /** Adds the loops of {@code vertx}, called {@code name}, with a number where there are several. */
    void add(String name, Vertx vertx) {
        VertxInternal internal = (VertxInternal) vertx;
        List<EventExecutor> found = new ArrayList<>();
        internal.nettyEventLoopGroup().forEach(found::add);
        for (int i = 0; i < found.size(); i++) {
            loops.add(new Loop(found.size() == 1 ? name : name + " " + i, found.get(i)));
        }
    }

    /** Adds the loop on which {@code vertx} accepts connections. */
    void addAcceptor(String name, Vertx vertx) {
        ((VertxInternal) vertx).acceptorEventLoopGroup().forEach(loop -> loops.add(new Loop(name, loop)));
    }

    void start() {
        watcher.runOnContext(now -> round());
    }

    private void round() {
        loops.forEach(Loop::check);
        long unused = watcher.setTimer(ROUND.toMillis(), now -> round());
    }

    /** Which loops have been blocked for {@code time} or longer; empty when there is none. */
    Optional<String> blockedFor(Duration time) {
        return loops.stream()
                .filter(loop -> loop.blockedTime().compareTo(time) >= 0)
                .map(loop -> loop.name + " has been blocked for "
                        + loop.blockedTime().toSeconds() + " s")
                .reduce((one, other) -> one + "; " + other);
    }

    private static final class Loop {
        private final String name;
        private final EventExecutor executor;
        private volatile boolean ran = true;
        private final AtomicInteger missedRounds = new AtomicInteger();

        Loop(String name, EventExecutor executor) {
            this.name = name;
            this.executor = executor;
        }

        Duration blockedTime() {
            return ran ? Duration.ZERO : ROUND.multipliedBy(missedRounds.get());
        }

        /** On the watcher's event loop. */
        void check() {
            if (!ran) {
                var unused = missedRounds.incrementAndGet();
                return;
            }
            missedRounds.set(0);
            ran = false;
            try {
                executor.execute(() -> ran = true);
            } catch (RejectedExecutionException ended) {
                // The loop has been closed; it counts as blocked.
            }
        }
    }
}
