package dev.botgate.identity;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what becomes of tokens, and the fetches of keys; issuers go by their names in the settings. */
final class IdentityMeters {
    private final MeterRegistry registry;
    private final Counter verified;
    private final Counter remembered;
    private final Counter unavailable;
    private final Map<TokenRejection, Counter> refused = new EnumMap<>(TokenRejection.class);

    IdentityMeters(MeterRegistry registry) {
        this.registry = registry;
        this.verified = tokens("verified");
        this.remembered = tokens("remembered");
        this.unavailable = tokens("unavailable");
        for (TokenRejection fault : TokenRejection.values()) {
            refused.put(fault, tokens(fault.tag()));
        }
    }

    /** A signature was checked, and good. */
    void verified() {
        verified.increment();
    }

    /** A token was known as verified. */
    void remembered() {
        remembered.increment();
    }

    /** There were no keys to check a token with. */
    void unavailable() {
        unavailable.increment();
    }

    void refused(TokenRejection fault) {
        Counter counter = refused.get(fault);
        if (counter != null) {
            counter.increment();
        }
    }

    void fetched(String issuers, boolean successfully) {
        Counter.builder("botgate.identity.fetches")
                .description("Attempts to fetch issuers' keys")
                .tag("issuers", issuers)
                .tag("result", successfully ? "fetched" : "failed")
                .register(registry)
                .increment();
    }

    void watch(String issuers, KeySource source) {
        Gauge.builder("botgate.identity.keys", source, of -> of.current()
                        .map(keys -> keys.keys().size())
                        .orElse(0))
                .description("Keys of issuers that are known")
                .tag("issuers", issuers)
                .register(registry);
        Gauge.builder(
                        "botgate.identity.keys.age",
                        source,
                        of -> of.current().isEmpty() ? Double.NaN : of.age().toMillis() / 1_000d)
                .description("Time since issuers' keys were fetched")
                .baseUnit("seconds")
                .tag("issuers", issuers)
                .register(registry);
    }

    private Counter tokens(String result) {
        return Counter.builder("botgate.identity.tokens")
                .description("Requests, by what became of their token")
                .tag("result", result)
                .register(registry);
    }
}
