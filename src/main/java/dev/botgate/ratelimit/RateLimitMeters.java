package dev.botgate.ratelimit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Counts decisions by limit and result, cooldowns, and waits. Labels come from the configuration only. */
final class RateLimitMeters {
    /** The result of a request at a limit. */
    enum Result {
        /** It was admitted at once. */
        ADMITTED,
        /** It waited for this limit. */
        WAITED,
        /** This limit refused it. */
        REFUSED,
        /** A limit in shadow mode would not have admitted it at once. */
        MISSED,
        /** Its client disconnected while it waited for this limit. */
        LEFT
    }

    private final MeterRegistry registry;
    /** By identity, since comparing limits by value would cost more than counting. */
    private final IdentityHashMap<Limit, Map<Result, Counter>> decisions = new IdentityHashMap<>();

    private final Timer waiting;
    private final Counter renewals;

    RateLimitMeters(MeterRegistry registry, LimitTable table, IntSupplier waitingNow) {
        this.registry = registry;
        table.limits().forEach(limit -> decisions.put(limit, counters(limit.name())));
        decisions.put(table.throttleLimit(), counters(table.throttleLimit().name()));
        this.waiting = Timer.builder("botgate.ratelimit.wait")
                .description("How long admitted requests waited")
                .register(registry);
        this.renewals = Counter.builder("botgate.ratelimit.renewals")
                .description("Permits that expired or were closed by a cooldown before use, and were replaced")
                .register(registry);
        Gauge.builder("botgate.ratelimit.waiting", waitingNow, IntSupplier::getAsInt)
                .description("Requests that wait for a permit")
                .strongReference(true)
                .register(registry);
    }

    private Map<Result, Counter> counters(String limit) {
        Map<Result, Counter> counters = new EnumMap<>(Result.class);
        for (Result result : Result.values()) {
            counters.put(
                    result,
                    Counter.builder("botgate.ratelimit.decisions")
                            .description("Decisions, by limit and result")
                            .tag("limit", limit)
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        return counters;
    }

    void count(Limit limit, Result result) {
        counter(limit, result).increment();
    }

    /** The number of {@code result} at {@code limit} so far. */
    long total(Limit limit, Result result) {
        return (long) counter(limit, result).count();
    }

    private Counter counter(Limit limit, Result result) {
        Map<Result, Counter> counters = decisions.get(limit);
        if (counters == null) {
            throw new IllegalArgumentException(limit.name() + ": not configured (expected: one of the limits)");
        }
        return Objects.requireNonNull(counters.get(result));
    }

    void waited(long micros) {
        waiting.record(micros, TimeUnit.MICROSECONDS);
    }

    void renewed() {
        renewals.increment();
    }

    void cooldownBegan(Limit limit, int status) {
        Counter.builder("botgate.ratelimit.cooldowns")
                .description("Cooldowns that a 429 or 412 of a connector began")
                .tag("limit", limit.name())
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }
}
