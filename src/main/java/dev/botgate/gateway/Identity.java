package dev.botgate.gateway;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.identity.ClaimedIdentity;
import dev.botgate.identity.IdentitySettings;
import dev.botgate.identity.TrustedIssuers;
import dev.botgate.identity.VerifiedIdentity;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** How callers are identified, by {@code identity.mode}. */
final class Identity {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Supplier<Filter<Arrival, Identified>> filters;
    private final Optional<TrustedIssuers> issuers;

    private Identity(Supplier<Filter<Arrival, Identified>> filters, Optional<TrustedIssuers> issuers) {
        this.filters = filters;
        this.issuers = issuers;
    }

    static Identity start(
            Vertx vertx, IdentitySettings settings, InstantSource clock, MeterRegistry registry, CloseStack closing)
            throws Exception {
        if (settings.mode() == IdentitySettings.Mode.CLAIMED) {
            return new Identity(() -> new ClaimedIdentity(System::nanoTime), Optional.empty());
        }
        TrustedIssuers issuers = new TrustedIssuers(vertx, settings, System::nanoTime, registry);
        closing.add("issuers' keys", issuers::close);
        Blocking.await(issuers.start(), START_LIMIT);
        return new Identity(() -> new VerifiedIdentity(settings, issuers, clock, registry), Optional.of(issuers));
    }

    /** A filter for one event loop. */
    Filter<Arrival, Identified> filter() {
        return filters.get();
    }

    /** The readiness checks; there are none when callers are not verified. */
    Map<String, Supplier<Optional<String>>> checks() {
        return issuers.map(trusted -> Map.<String, Supplier<Optional<String>>>of("identity", trusted::problem))
                .orElse(Map.of());
    }

    /** What an operator should know although callers can be verified. */
    Optional<String> note() {
        return issuers.flatMap(TrustedIssuers::note);
    }
}
