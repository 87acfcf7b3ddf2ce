package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.RequestHead;
import io.vertx.core.MultiMap;
import java.util.OptionalLong;

/**
 * How fresh a client wants its list: the request directives of RFC 9111 section 5.2.1, and {@code stale-if-error} of RFC
 * 5861 section 4, which overrides the others on errors. They never allow a staler list than settings and connector do.
 * All of them apply: {@code max-stale} lengthens neither {@code max-age} nor {@code min-fresh}. Times are in nanoseconds.
 *
 * @param revalidate whether the list must have been validated just now
 * @param onlyIfCached whether nothing may be loaded
 * @param maximumAge the maximum age, included
 * @param minimumFresh how much longer it must be fresh; very negative if not given
 * @param maximumStale how stale it may be; negative if not given
 * @param staleIfError how stale it may be if the connector fails; negative if not given
 * @param restrictive whether the client limits the age, so that it gets nothing stale unless it asks for it
 */
record RequestDirectives(
        boolean revalidate,
        boolean onlyIfCached,
        long maximumAge,
        long minimumFresh,
        long maximumStale,
        long staleIfError,
        boolean restrictive) {
    private static final long NOT_GIVEN = -1;
    private static final long ANY = Long.MAX_VALUE / 4;
    private static final long NONE = -ANY;
    private static final RequestDirectives NOTHING =
            new RequestDirectives(false, false, ANY, NONE, NOT_GIVEN, NOT_GIVEN, false);

    static RequestDirectives of(RequestHead head) {
        MultiMap headers = head.headers();
        if (!headers.contains(HeaderNames.CACHE_CONTROL) && !headers.contains(HeaderNames.PRAGMA)) {
            return NOTHING;
        }
        CacheControl said = CacheControl.of(headers);
        // RFC 9111 section 5.4: only where there is no Cache-Control.
        boolean pragma = said.directives().isEmpty()
                && headers.getAll(HeaderNames.PRAGMA).stream().anyMatch(value -> value.contains("no-cache"));
        OptionalLong maximumAge = said.nanoseconds("max-age");
        OptionalLong minimumFresh = said.nanoseconds("min-fresh");
        OptionalLong maximumStale = said.has("max-stale") && !said.hasArgument("max-stale")
                ? OptionalLong.of(ANY)
                : said.nanoseconds("max-stale");
        boolean revalidate = pragma || said.has("no-cache");
        return new RequestDirectives(
                revalidate,
                said.has("only-if-cached"),
                maximumAge.orElse(ANY),
                minimumFresh.orElse(NONE),
                maximumStale.orElse(NOT_GIVEN),
                said.nanoseconds("stale-if-error").orElse(NOT_GIVEN),
                revalidate || maximumAge.isPresent() || minimumFresh.isPresent());
    }

    /** Whether a list of this age may be given at once. */
    boolean allow(Freshness list, long age, boolean staleAllowed) {
        if (revalidate) {
            return false;
        }
        return age <= maximumAge
                && age <= list.lifetime() - minimumFresh
                && age < list.lifetime() + (staleAllowed ? maximumStale(list) : 0);
    }

    /** Whether a list of this age may be given while the connector fails. */
    boolean allowOnError(Freshness list, long age, boolean staleAllowed) {
        if (staleAllowed && staleIfError >= 0) {
            return age < list.lifetime() + Math.min(staleIfError + 1, list.ifError());
        }
        boolean anyStale = staleAllowed && !restrictive && maximumStale < 0;
        return anyStale ? age < list.lifetime() + list.ifError() : allow(list, age, staleAllowed);
    }

    private long maximumStale(Freshness list) {
        if (maximumStale >= 0) {
            return Math.min(maximumStale + 1, Math.max(list.whileRevalidate(), list.ifError()));
        }
        return restrictive ? 0 : list.whileRevalidate();
    }
}
