package dev.botgate.cache;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.HttpDate;
import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How long a stored list may be served, by its age in nanoseconds: as long as the settings say, or less if the
 * connector says so (RFC 9111 section 5.2.2, RFC 5861), never more.
 *
 * @param lifetime the age at which it stops being fresh
 * @param whileRevalidate how much longer it is served while it is refreshed
 * @param ifError how much longer than {@code lifetime} it is served if it cannot be refreshed
 * @param usable the age at which it is removed; until then it can be validated
 */
record Freshness(long lifetime, long whileRevalidate, long ifError, long usable) {
    static final String AGE = "Age";

    private static final int MAX_DIGITS = 9;
    private static final Duration MAX_AGE = Duration.ofSeconds(Integer.MAX_VALUE);

    /** How much two clocks may differ. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    /** Resolves years of two digits where only the difference of two dates matters. */
    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");

    private static final List<String> VALIDATORS = List.of("ETag", "Last-Modified");

    /** @param noCacheIgnored whether {@code no-cache} and the {@code Expires} beside it are ignored */
    static Freshness of(ListSettings settings, Reply reply, boolean noCacheIgnored) {
        CacheControl sent = CacheControl.of(reply.headers());
        boolean ignored = noCacheIgnored && sent.has("no-cache");
        CacheControl directives = ignored ? sent.without("no-cache") : sent;
        MultiMap headers = ignored ? Headers.copy(reply.headers()).remove("Expires") : reply.headers();
        long maximum = settings.freshFor().toNanos();
        long lifetime = lifetime(maximum, directives, headers);
        boolean neverStale =
                directives.has("no-cache") || directives.has("must-revalidate") || directives.has("proxy-revalidate");
        long whileRevalidate =
                neverStale ? 0 : atMost(settings.staleWhileRevalidate(), directives, "stale-while-revalidate");
        long ifError = neverStale ? 0 : atMost(settings.staleIfError(), directives, "stale-if-error");
        boolean validatable = VALIDATORS.stream().anyMatch(reply.headers()::contains);
        long afterLifetime = Math.max(Math.max(whileRevalidate, ifError), validatable ? maximum : 0);
        return new Freshness(lifetime, whileRevalidate, ifError, lifetime + afterLifetime);
    }

    /** The freshness of a 404, which is never served stale. */
    static Freshness ofNotFound(Duration notFoundFor, Reply reply) {
        long lifetime = lifetime(notFoundFor.toNanos(), CacheControl.of(reply.headers()), reply.headers());
        return new Freshness(lifetime, 0, 0, lifetime);
    }

    private static long lifetime(long maximum, CacheControl directives, MultiMap headers) {
        if (directives.has("no-cache")) {
            return 0;
        }
        if (directives.has("max-age") || directives.has("s-maxage")) {
            return Math.min(
                    maximum,
                    Math.min(
                            directives.nanoseconds("max-age").orElse(Long.MAX_VALUE),
                            directives.nanoseconds("s-maxage").orElse(Long.MAX_VALUE)));
        }
        return headers.contains("Expires") ? Math.min(maximum, untilExpires(headers)) : maximum;
    }

    /** RFC 9111 section 5.3: an invalid or repeated date is in the past. */
    private static long untilExpires(MultiMap headers) {
        Optional<Instant> date = HttpDate.read(headers.get("Date"), YEAR_2000);
        List<String> values = headers.getAll("Expires");
        if (date.isEmpty() || values.size() > 1) {
            return 0;
        }
        Optional<Instant> expires = HttpDate.read(values.get(0), date.get());
        if (expires.isEmpty()) {
            return 0;
        }
        long seconds = Duration.between(date.get(), expires.get()).toSeconds();
        return Duration.ofSeconds(Math.max(0, Math.min(seconds, Integer.MAX_VALUE)))
                .toNanos();
    }

    /**
     * How old a reply is when it arrives, by its {@code Age} or its {@code Date}, whichever is more: RFC 9111 sections 4.2.3
     * and 5.1.
     *
     * @param loading how long the reply took to arrive
     * @param arrived the time of day at which it did
     */
    static Duration ageAtArrival(MultiMap headers, Duration loading, Instant arrived) {
        Duration declared = declaredAge(headers).plus(loading);
        Duration apparent = HttpDate.read(headers.get("Date"), arrived)
                .map(date -> Duration.between(date, arrived))
                .filter(since -> since.compareTo(CLOCK_SKEW) > 0)
                .orElse(Duration.ZERO);
        Duration age = declared.compareTo(apparent) > 0 ? declared : apparent;
        return age.compareTo(MAX_AGE) < 0 ? age : MAX_AGE;
    }

    /** The first {@code Age}; zero if there is none, or it is not a number of seconds. */
    private static Duration declaredAge(MultiMap headers) {
        String value = headers.get(AGE);
        String digits = value == null ? "" : value.split(",", 2)[0].strip();
        if (!digits.matches("[0-9]+")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(digits.length() > MAX_DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits));
    }

    private static long atMost(Duration setting, CacheControl directives, String directive) {
        return Math.min(setting.toNanos(), directives.nanoseconds(directive).orElse(Long.MAX_VALUE));
    }
}
