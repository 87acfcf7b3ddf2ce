package dev.botgate.cache;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.HttpDate;
import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How long a stored list may be served, by its age in nanoseconds: what the settings say, or less if the connector says so
 * (RFC 9111 section 5.2.2, RFC 5861), never more.
 *
 * @param lifetime the age at which it stops being fresh
 * @param whileRevalidate how much longer it is served while it is refreshed
 * @param ifError how much longer than {@code lifetime} it is served if it cannot be refreshed
 * @param usable the age at which it is removed; until then it may at least be validated
 */
record Freshness(long lifetime, long whileRevalidate, long ifError, long usable) {
    static final String AGE = "Age";

    private static final int MAX_DIGITS = 9;
    private static final Duration MAX_AGE = Duration.ofSeconds(Integer.MAX_VALUE);

    /** Two clocks may differ by as much. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    /** For dates of which only the difference matters. */
    private static final Instant ANY_CENTURY = Instant.parse("2000-01-01T00:00:00Z");

    private static final List<String> VALIDATORS = List.of("ETag", "Last-Modified");

    /** @param noCacheIgnored whether {@code no-cache} and the {@code Expires} beside it are ignored */
    static Freshness of(ListSettings settings, Reply reply, boolean noCacheIgnored) {
        CacheControl told = CacheControl.of(reply.headers());
        boolean ignored = noCacheIgnored && told.has("no-cache");
        CacheControl said = ignored ? told.without("no-cache") : told;
        MultiMap headers = ignored ? Headers.copy(reply.headers()).remove("Expires") : reply.headers();
        long longest = settings.freshFor().toNanos();
        long lifetime = lifetime(longest, said, headers);
        boolean neverStale = said.has("no-cache") || said.has("must-revalidate") || said.has("proxy-revalidate");
        long whileRevalidate = neverStale ? 0 : atMost(settings.staleWhileRevalidate(), said, "stale-while-revalidate");
        long ifError = neverStale ? 0 : atMost(settings.staleIfError(), said, "stale-if-error");
        boolean validatable = VALIDATORS.stream().anyMatch(reply.headers()::contains);
        long ofUse = Math.max(Math.max(whileRevalidate, ifError), validatable ? longest : 0);
        return new Freshness(lifetime, whileRevalidate, ifError, lifetime + ofUse);
    }

    /** Of a 404, which is never served stale. */
    static Freshness ofNotFound(Duration notFoundFor, Reply reply) {
        long lifetime = lifetime(notFoundFor.toNanos(), CacheControl.of(reply.headers()), reply.headers());
        return new Freshness(lifetime, 0, 0, lifetime);
    }

    private static long lifetime(long longest, CacheControl said, MultiMap headers) {
        if (said.has("no-cache")) {
            return 0;
        }
        if (said.has("max-age") || said.has("s-maxage")) {
            return Math.min(
                    longest,
                    Math.min(
                            said.nanoseconds("max-age").orElse(Long.MAX_VALUE),
                            said.nanoseconds("s-maxage").orElse(Long.MAX_VALUE)));
        }
        return headers.contains("Expires") ? Math.min(longest, untilExpires(headers)) : longest;
    }

    /** RFC 9111 section 5.3: an invalid or repeated date is in the past. */
    private static long untilExpires(MultiMap headers) {
        Optional<Instant> date = HttpDate.read(headers.get("Date"), ANY_CENTURY);
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

    /** Of several the first; zero if there is none, or it is no number of seconds. */
    private static Duration declaredAge(MultiMap headers) {
        String value = headers.get(AGE);
        String digits = value == null ? "" : value.split(",", 2)[0].strip();
        if (!digits.matches("[0-9]+")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(digits.length() > MAX_DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits));
    }

    private static long atMost(Duration setting, CacheControl said, String directive) {
        return Math.min(setting.toNanos(), said.nanoseconds(directive).orElse(Long.MAX_VALUE));
    }
}
