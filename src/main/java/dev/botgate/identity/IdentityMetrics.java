package dev.botgate.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the results of token checks and of fetches of keys; issuers have their names in the settings. */
final class IdentityMetrics {
    private final MeterRegistry registry;
    private final MeterProvider<Counter> tokens;
    private final MeterProvider<Counter> fetches;
    private final Counter remembered;

    IdentityMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.tokens = Counter.builder("botgate.identity.tokens")
                .description("Requests by the result of the check of their token")
                .withRegistry(registry);
        this.fetches = Counter.builder("botgate.identity.fetches")
                .description("Fetches of issuers' keys")
                .withRegistry(registry);
        this.remembered = tokens.withTag("result", "remembered");
        for (TokenRejection reason : TokenRejection.values()) {
            var unused = tokens.withTag("result", reason.tag());
        }
    }

    void verified() {
        tokens.withTag("result", "verified").increment();
    }

    /** Counts a token that is remembered as verified. */
    void remembered() {
        remembered.increment();
    }

    /** Counts a token that could not be checked without keys. */
    void unavailable() {
        tokens.withTag("result", "unavailable").increment();
    }

    void rejected(TokenRejection reason) {
        tokens.withTag("result", reason.tag()).increment();
    }

    void fetched(String issuers, boolean successfully) {
        fetches.withTags("issuers", issuers, "result", successfully ? "fetched" : "failed")
                .increment();
    }

    void watch(String issuers, KeySource source) {
        Gauge.builder("botgate.identity.keys", source, of -> of.current()
                        .map(keys -> keys.keys().size())
                        .orElse(0))
                .description("Known keys of issuers")
                .tag("issuers", issuers)
                .register(registry);
        Gauge.builder("botgate.identity.keys.age", source, KeySource::ageSeconds)
                .description("Time since the keys of issuers were fetched")
                .baseUnit("seconds")
                .tag("issuers", issuers)
                .register(registry);
    }
}
