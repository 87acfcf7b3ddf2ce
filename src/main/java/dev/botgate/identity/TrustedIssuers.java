package dev.botgate.identity;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configured issuers and their keys; shared by the event loops of a gateway. Issuers with one key location share the keys. */
public final class TrustedIssuers {
    private final List<TrustedIssuer> issuers = new ArrayList<>();
    private final Map<URI, KeySource> sources = new TreeMap<>();
    private final KeyFetcher fetcher;

    /** An issuer, and the source of the keys that sign its tokens. */
    record TrustedIssuer(IssuerName name, KeySource source) {}

    /** @param nanoTime a clock that never goes back, such as {@link System#nanoTime} */
    public TrustedIssuers(Vertx vertx, IdentitySettings settings, LongSupplier nanoTime, MeterRegistry registry) {
        this(vertx, settings, scheduler(vertx), nanoTime, registry);
    }

    TrustedIssuers(
            Vertx vertx,
            IdentitySettings settings,
            KeySource.Scheduler scheduler,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        fetcher = KeyFetcher.of(vertx, settings.fetchTimeout());
        IdentityMetrics metrics = new IdentityMetrics(registry);
        Map<URI, String> names = new TreeMap<>(settings.issuers())
                .entrySet().stream()
                        .collect(Collectors.groupingBy(
                                entry -> entry.getValue().keyLocation(),
                                Collectors.mapping(Map.Entry::getKey, Collectors.joining(", "))));
        settings.issuers().values().forEach(issuer -> {
            URI location = issuer.keyLocation();
            KeySource source = sources.computeIfAbsent(location, ignored -> {
                String shared = names.getOrDefault(location, "");
                KeySource made =
                        new KeySource(shared, () -> fetcher.fetch(location), settings, scheduler, nanoTime, metrics);
                metrics.watch(shared, made);
                return made;
            });
            issuers.add(new TrustedIssuer(new IssuerName(issuer.issuer()), source));
        });
        issuers.sort(Comparator.comparing(issuer -> issuer.name().isTemplate()));
    }

    /**
     * Starts to fetch keys. The gateway starts also when a URL cannot be read.
     *
     * @return fails with {@link IllegalArgumentException} when a file has no keys
     */
    public Future<Void> start() {
        List<Future<Void>> files = new ArrayList<>();
        sources.forEach((location, source) -> {
            Future<Void> fetched = source.fetch();
            if ("file".equals(location.getScheme())) {
                files.add(fetched.compose(ended -> source.problem()
                        .map(problem -> Future.<Void>failedFuture(new IllegalArgumentException(
                                "identity.issuers." + source.issuers() + ".jwks-file: " + problem)))
                        .orElseGet(Future::succeededFuture)));
            }
        });
        return Future.all(files).mapEmpty();
    }

    /** The issuer of a token with these claims: an exact name goes before a template. */
    Optional<TrustedIssuer> find(@Nullable String issuer, @Nullable String tenant) {
        return issuers.stream()
                .filter(trusted -> issuer != null && trusted.name().matches(issuer, tenant))
                .findFirst();
    }

    /** Why no token of some issuers can be verified. */
    public Optional<String> problem() {
        return joined(KeySource::problem);
    }

    /** Which keys are older than {@code refresh-interval}, and why. */
    public Optional<String> note() {
        return joined(KeySource::note);
    }

    /** Ends the fetching of keys. */
    public Future<Void> close() {
        sources.values().forEach(KeySource::close);
        fetcher.close();
        return Future.succeededFuture();
    }

    private Optional<String> joined(Function<KeySource, Optional<String>> text) {
        return sources.values().stream()
                .flatMap(source -> text.apply(source).stream())
                .reduce((one, other) -> one + "; " + other);
    }

    private static KeySource.Scheduler scheduler(Vertx vertx) {
        return (delay, task) -> {
            long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> task.run());
            return () -> {
                var unused = vertx.cancelTimer(timer);
            };
        };
    }
}
