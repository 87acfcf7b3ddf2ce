package dev.botgate.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts retries, and those that would have been worth it but were not made. */
final class RetryMeters {
    private final MeterRegistry registry;

    RetryMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void again(String connector, RetryDecision.Again decision) {
        Counter.builder("botgate.upstream.retries")
                .description("Attempts after the first, by what was wrong with the one before")
                .tag("upstream", connector)
                .tag("reason", decision.reason().text())
                .register(registry)
                .increment();
    }

    void givenUp(String connector, RetryDecision.GiveUp decision) {
        Counter.builder("botgate.upstream.retries.given.up")
                .description("Requests that another attempt might have helped, by what kept it from being made")
                .tag("upstream", connector)
                .tag("reason", decision.reason().text())
                .tag("obstacle", decision.obstacle().text())
                .register(registry)
                .increment();
    }
}
