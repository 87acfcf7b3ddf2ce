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
 * Notices event loops that do not turn: each is given a small task again and again, and asked whether it has run the last.
 *
 * <p>Time counts in the watcher's own rounds, so that a pause of the whole process is nobody's silence. The problem is known
 * on any thread.
 */
final class LoopWatch {
    private static final Duration ROUND = Duration.ofMillis(200);

    private final Vertx watcher;
    private final List<Loop> loops = new ArrayList<>();

    /** @param watcher on whose event loop the rounds are; add the loops, then {@link #start} */
    LoopWatch(Vertx watcher) {
        this.watcher = watcher;
    }

    /** Those of {@code vertx}, called {@code name} and a number where there are several, and the one that accepts connections. */
    void add(String name, Vertx vertx) {
        VertxInternal internal = (VertxInternal) vertx;
        List<EventExecutor> found = new ArrayList<>();
        internal.nettyEventLoopGroup().forEach(found::add);
        for (int i = 0; i < found.size(); i++) {
            loops.add(new Loop(found.size() == 1 ? name : name + " " + i, found.get(i)));
        }
    }

    /** The one on which {@code vertx} accepts connections. */
    void addAcceptor(String name, Vertx vertx) {
        ((VertxInternal) vertx).acceptorEventLoopGroup().forEach(loop -> loops.add(new Loop(name, loop)));
    }

    void start() {
        watcher.runOnContext(now -> round());
    }

    private void round() {
        loops.forEach(Loop::ask);
        long unused = watcher.setTimer(ROUND.toMillis(), now -> round());
    }

    /** Which loops have not turned for {@code time} or longer; empty when all have. */
    Optional<String> notTurnedFor(Duration time) {
        return loops.stream()
                .filter(loop -> loop.silence().compareTo(time) >= 0)
                .map(loop -> loop.name + " has not turned for " + loop.silence().toSeconds() + " s")
                .reduce((one, other) -> one + "; " + other);
    }

    private static final class Loop {
        private final String name;
        private final EventExecutor executor;
        private volatile boolean turned = true;
        private final AtomicInteger silentRounds = new AtomicInteger();

        Loop(String name, EventExecutor executor) {
            this.name = name;
            this.executor = executor;
        }

        Duration silence() {
            return turned ? Duration.ZERO : ROUND.multipliedBy(silentRounds.get());
        }

        /** On the watcher's event loop. */
        void ask() {
            if (!turned) {
                var unused = silentRounds.incrementAndGet();
                return;
            }
            silentRounds.set(0);
            turned = false;
            try {
                executor.execute(() -> turned = true);
            } catch (RejectedExecutionException ended) {
                // It stays silent.
            }
        }
    }
}
