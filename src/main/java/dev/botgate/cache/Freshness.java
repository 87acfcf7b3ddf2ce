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
 * How long a kept list may be served, by its age in nanoseconds: what the settings say, or less where the upstream says
 * so (RFC 9111 section 5.2.2, RFC 5861), never more.
 *
 * @param lifetime the age at which it stops being fresh
 * @param whileRevalidate how much longer it is served while it is loaded anew
 * @param ifError how much longer than {@code lifetime} it is served when it cannot be loaded anew
 * @param kept the age at which it goes; it may be of use as long, if only to be validated
 */
record Freshness(long lifetime, long whileRevalidate, long ifError, long kept) {
    /** Only the time between two dates is of interest. */
    private static final Instant ANY_CENTURY = Instant.parse("2000-01-01T00:00:00Z");

    private static final List<String> VALIDATORS = List.of("ETag", "Last-Modified");

    /** @param noCacheIgnored whether {@code no-cache} means nothing, nor the {@code Expires} beside it */
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

    /** RFC 9111 section 5.3: what cannot be read is in the past, and so is what stands there more than once. */
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

    private static long atMost(Duration setting, CacheControl said, String directive) {
        return Math.min(setting.toNanos(), said.nanoseconds(directive).orElse(Long.MAX_VALUE));
    }
}
