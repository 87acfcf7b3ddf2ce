package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Policy;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.testing.TestSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A cache in front of a {@link HeldService}, with a clock that the test moves; checked for consistency after each test. */
final class CacheFixture implements AfterEachCallback {
    static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);
    static final Duration LOAD_DEADLINE = Duration.ofSeconds(30);
    static final Duration LOAD_PATIENCE = Duration.ofSeconds(2);

    final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final HeldService upstream = new HeldService();
    final HeldFleet fleet;
    /** The wall clock, for the expiry of tokens and the {@code Date} of replies. */
    Instant wallClock = Instant.EPOCH;

    final ManualTimers timers = new ManualTimers();
    final MemberCache cache;
    final CacheFilter filter;

    CacheFixture() {
        this(only(TIME_TO_LIVE));
    }

    CacheFixture(CacheSettings settings) {
        this(settings, new HeldFleet());
    }

    /** A gateway that receives invalidations from {@code others}. */
    CacheFixture(CacheSettings settings, InvalidationBus others) {
        this(settings, others, null);
    }

    /** @param nanoTime by which lists age; null for the fixture's own */
    CacheFixture(CacheSettings settings, InvalidationBus others, @Nullable LongSupplier nanoTime) {
        fleet = others instanceof HeldFleet held ? held : new HeldFleet();
        cache = new MemberCache(settings, others, nanoTime == null ? now::get : nanoTime, () -> wallClock, meters);
        filter = new CacheFilter(cache, timers, () -> wallClock);
    }

    /** Lists that are fresh for that long, and never stale. */
    static ListSettings only(Duration freshFor) {
        return new ListSettings(freshFor, Duration.ZERO, Duration.ZERO);
    }

    CacheFixture(ListSettings lists) {
        this(settings(1 << 20, lists));
    }

    /** The same for all lists, with that maximum size. */
    static CacheSettings settings(long room, ListSettings lists) {
        return TestSettings.with(
                TestSettings.PACKAGED.cache(),
                "maximumBytes",
                room,
                "conversationMembers",
                lists,
                "activityMembers",
                lists,
                "pagedMembers",
                lists,
                "loadDeadline",
                LOAD_DEADLINE,
                "loadPatience",
                LOAD_PATIENCE);
    }

    Future<Reply> ask(CacheRequest asked) {
        return ask(asked, upstream);
    }

    /** Sends a request through both filters, like the pipeline. */
    Future<Reply> ask(CacheRequest asked, Service<Identified> connector) {
        Identified request = asked.request();
        return filter.apply(request, admitted -> new InvalidationFilter(cache)
                .apply(admitted.with(new Payload.None()), call -> connector.serve(admitted)));
    }

    /** Sends a request, and answers the upstream call that it caused, if any. */
    @CanIgnoreReturnValue
    Reply askAndAnswer(CacheRequest asked, Reply answer) {
        int before = upstream.calls().size();
        Future<Reply> reply = ask(asked);
        if (upstream.calls().size() > before) {
            upstream.last().reply().complete(answer);
        }
        assertThat(reply.succeeded()).isTrue();
        return reply.result();
    }

    @CanIgnoreReturnValue
    Reply askAndAnswer(CacheRequest asked, String answer) {
        return askAndAnswer(asked, HeldService.ok(answer));
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    double count(String result) {
        return meters.get("botgate.cache.requests").tag("result", result).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    static String body(Reply reply) {
        return reply.body() instanceof ReplyBody.Whole whole ? whole.bytes().toString() : "";
    }

    static String status(Reply reply) {
        return String.join(", ", reply.headers().getAll("Cache-Status"));
    }

    static List<String> lines(Reply reply) {
        return reply.headers().entries().stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        verify();
    }

    /** Checks that the lists, their sizes and the counters of the cache are consistent. */
    void verify() {
        cache.stored().cleanUp();
        Map<ListKey, StoredReply> lists = cache.stored().asMap();
        Policy.Eviction<ListKey, StoredReply> eviction =
                cache.stored().policy().eviction().orElseThrow();
        long weight = lists.values().stream().mapToLong(StoredReply::weight).sum();
        // Caffeine sweeps by ticks of about a second: what has just expired is not shown any more, but still weighed.
        long weighed = eviction.weightedSize().orElseThrow();
        assertThat(weighed).isBetween(weight, eviction.getMaximum());
        assertThat(meters.get("botgate.cache.bytes").gauge().value()).isEqualTo((double) weighed);
        assertThat(meters.get("botgate.cache.entries").gauge().value()).isGreaterThanOrEqualTo(lists.size());
        lists.forEach((key, list) -> {
            assertThat(list.usableFor(now.get())).isPositive();
            assertThat(list.generation().ended()).isFalse();
            assertThat(list.generation().stored()).containsEntry(key, list);
        });
        assertThat(cache.generations())
                .isGreaterThanOrEqualTo(lists.values().stream()
                        .map(StoredReply::generation)
                        .distinct()
                        .count());
    }

    /** Timers that fire when the test says so. */
    static final class ManualTimers implements CacheFilter.Timers {
        private final List<Task> tasks = new CopyOnWriteArrayList<>();

        private record Task(Duration delay, Runnable task) {}

        @Override
        public Runnable in(Duration delay, Runnable task) {
            Task waiting = new Task(delay, task);
            tasks.add(waiting);
            return () -> tasks.remove(waiting);
        }

        /** Fires all waiting timers. */
        void fire() {
            fire(Duration.ofSeconds(Long.MAX_VALUE));
        }

        /** Fires the waiting timers of at most {@code delay}. */
        void fire(Duration delay) {
            for (Task waiting : List.copyOf(tasks)) {
                if (waiting.delay().compareTo(delay) <= 0 && tasks.remove(waiting)) {
                    waiting.task().run();
                }
            }
        }

        int waiting() {
            return tasks.size();
        }
    }
}
