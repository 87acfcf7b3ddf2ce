package dev.botgate.identity;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The issuers that a gateway trusts, and their keys; shared by its event loops. */
public final class TrustedIssuers {
    private final List<TrustedIssuer> issuers;
    private final Map<KeyLocation, KeySource> sources;
    private final Map<KeyLocation, String> names;
    private final HttpClient client;

    private TrustedIssuers(
            List<TrustedIssuer> issuers,
            Map<KeyLocation, KeySource> sources,
            Map<KeyLocation, String> names,
            HttpClient client) {
        this.issuers = issuers;
        this.sources = sources;
        this.names = names;
        this.client = client;
    }

    /** Those of {@code settings}; issuers whose keys are in one place share them. */
    public static TrustedIssuers of(
            Vertx vertx, IdentitySettings settings, LongSupplier nanoTime, MeterRegistry registry) {
        return of(vertx, settings, TokenSchedule.of(vertx), nanoTime, registry);
    }

    static TrustedIssuers of(
            Vertx vertx,
            IdentitySettings settings,
            TokenSchedule schedule,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        // A connection for each fetch: they are rare, and the other end would close one that is kept.
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setKeepAlive(false)
                        .setVerifyHost(true)
                        .setTrustAll(false)
                        .setConnectTimeout(
                                Math.toIntExact(settings.fetchTimeout().toMillis())))
                .withConnectHandler(connection -> connection.exceptionHandler(theFetchTells -> {}))
                .build();
        IdentityMeters meters = new IdentityMeters(registry);
        Map<String, IssuerSettings> byName = new TreeMap<>(settings.issuers());
        Map<KeyLocation, String> names = byName.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getValue().place(),
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.joining(", "))));
        Function<KeyLocation, KeyFetch> fetches = place -> fetch(place, vertx, client, settings);
        Map<KeyLocation, KeySource> sources = new LinkedHashMap<>();
        names.forEach((place, shared) -> {
            KeySource source = new KeySource(shared, fetches.apply(place), settings, schedule, nanoTime, meters);
            meters.watch(shared, source);
            sources.put(place, source);
        });
        List<TrustedIssuer> issuers = new ArrayList<>();
        byName.values().forEach(one -> {
            KeySource source = sources.get(one.place());
            if (source != null) {
                issuers.add(new TrustedIssuer(new IssuerName(one.issuer()), source));
            }
        });
        issuers.sort(Comparator.comparing(issuer -> issuer.name().isTemplate()));
        return new TrustedIssuers(List.copyOf(issuers), sources, names, client);
    }

    private static KeyFetch fetch(KeyLocation place, Vertx vertx, HttpClient client, IdentitySettings settings) {
        if (place instanceof KeyLocation.Url url) {
            return new HttpKeyFetch(client, url.url(), settings.fetchTimeout());
        }
        return new FileKeyFetch(vertx.fileSystem(), ((KeyLocation.File) place).path());
    }

    /**
     * Begins to fetch keys. A URL that is away keeps no gateway from starting.
     *
     * @return fails with {@link IllegalArgumentException} when there are no keys in a file
     */
    public Future<Void> start() {
        List<Future<Void>> files = new ArrayList<>();
        sources.forEach((place, source) -> {
            Future<Void> fetched = source.fetch();
            if (place instanceof KeyLocation.File) {
                files.add(fetched.compose(ended -> source.problem()
                        .map(problem -> Future.<Void>failedFuture(new IllegalArgumentException(
                                "identity.issuers." + names.get(place) + ".jwks-file: " + problem)))
                        .orElseGet(Future::succeededFuture)));
            }
        });
        return Future.all(files).mapEmpty();
    }

    /** The issuer that a token says it is of: one by name before one by template. */
    Optional<TrustedIssuer> of(@Nullable String issuer, @Nullable String tenant) {
        return issuer == null
                ? Optional.empty()
                : issuers.stream()
                        .filter(trusted -> trusted.name().matches(issuer, tenant))
                        .findFirst();
    }

    /** Why no token of some issuer can be believed. */
    public Optional<String> problem() {
        return said(KeySource::problem);
    }

    /** Why the keys of some issuer are older than they should be. */
    public Optional<String> note() {
        return said(KeySource::note);
    }

    /** Ends the fetching of keys. */
    public Future<Void> close() {
        sources.values().forEach(KeySource::close);
        return client.close();
    }

    private Optional<String> said(Function<KeySource, Optional<String>> what) {
        return Optional.of(sources.values().stream()
                        .flatMap(source -> what.apply(source).stream())
                        .collect(Collectors.joining("; ")))
                .filter(text -> !text.isEmpty());
    }
}
