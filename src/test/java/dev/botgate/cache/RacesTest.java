package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.operation.Operation;
import dev.botgate.testing.Patience;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that concurrently load, reload and drop the same few lists. */
class RacesTest {
    private static final int THREADS = 4;
    private static final int STEPS = 10_000;
    private static final int LISTS = 10_000;

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    /** The members' version at the connector. */
    private final AtomicInteger version = new AtomicInteger();

    /** The version whose removal has been answered. */
    private final AtomicInteger removed = new AtomicInteger();

    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<String> stale = new ConcurrentLinkedQueue<>();

    private final Service<Identified> connector = request -> {
        boolean removal = request.head().route().operation() == Operation.DELETE_CONVERSATION_MEMBER;
        int now = removal ? version.incrementAndGet() : version.get();
        for (int spin = 0; spin < 200; spin++) {
            Thread.onSpinWait();
        }
        return Future.succeededFuture(HeldService.ok(Integer.toString(now)));
    };

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 25})
    void aRequestAfterAnAnsweredRemoval_neverGetsAnEarlierList(int removalsInAHundred) throws Exception {
        onEachThread(random -> run(random, removalsInAHundred));

        assertThat(stale).isEmpty();
        assertThat(answers).hasValue(THREADS * STEPS);
        assertThat(fixture.cache.loadsUnderWay()).isZero();
        assertThat(fixture.count("hit")).isPositive();
    }

    @Test
    void ofThreadsThatMissConcurrently_oneLoads() throws Exception {
        CacheFixture roomy =
                new CacheFixture(CacheFixture.settings(1 << 26, CacheFixture.only(CacheFixture.TIME_TO_LIVE)));
        AtomicInteger calls = new AtomicInteger();

        onEachThread(random -> {
            for (int list = 0; list < LISTS; list++) {
                Future<Reply> reply =
                        roomy.filter.apply(CacheRequest.members("19:" + list).request(), request -> {
                            calls.incrementAndGet();
                            return connector.serve(request);
                        });
                reply.onSuccess(answer -> answers.incrementAndGet());
            }
        });

        assertThat(calls).hasValue(LISTS);
        assertThat(answers).hasValue(THREADS * LISTS);
        roomy.verify();
    }

    private static void onEachThread(Consumer<Random> steps) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> runs = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(thread);
                runs.add(() -> {
                    steps.accept(random);
                    return null;
                });
            }
            for (java.util.concurrent.Future<Void> run : threads.invokeAll(runs)) {
                assertThat(run.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isNull();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void run(Random random, int removalsInAHundred) {
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < removalsInAHundred) {
                remove();
            } else {
                CacheRequest list = CacheRequest.paged("19:x", "pageSize=" + random.nextInt(2));
                look(dice >= 80 ? list.with("Cache-Control", "no-cache") : list);
            }
        }
    }

    private void look(CacheRequest list) {
        int atLeast = removed.get();
        Future<Reply> reply = fixture.filter.apply(list.request(), connector);
        reply.onComplete(
                answer -> {
                    answers.incrementAndGet();
                    if (Integer.parseInt(CacheFixture.body(answer)) < atLeast) {
                        stale.add(CacheFixture.body(answer) + " instead of " + atLeast + ", "
                                + CacheFixture.status(answer));
                    }
                },
                cause -> stale.add(cause.toString()));
    }

    private void remove() {
        Future<Reply> reply = fixture.ask(CacheRequest.removal("19:x"), connector);
        reply.onSuccess(answer -> {
            answers.incrementAndGet();
            removed.accumulateAndGet(Integer.parseInt(CacheFixture.body(answer)), Math::max);
        });
    }
}
