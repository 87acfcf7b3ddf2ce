package dev.botgate.server;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.HeaderSyntax;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The options of {@code Connection}: RFC 9110 section 7.6.1. Headers that it names are not forwarded, so it must not name a header
 * that the gateway uses, or the connector would get a different request.
 */
final class ConnectionOptions {
    private static final Set<String> USED_HEADERS = Set.of(
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "authorization",
            "cache-control",
            "content-digest",
            "content-encoding",
            "content-length",
            "content-md5",
            "content-type",
            "cookie",
            "digest",
            "expect",
            "forwarded",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "pragma",
            "prefer",
            "range",
            "repr-digest",
            HeaderNames.REQUEST_ID.toString().toLowerCase(Locale.ROOT),
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto");

    private ConnectionOptions() {}

    /** Puts {@code close} on a first line of its own, where Vert.x expects it. */
    static void putCloseFirst(HttpHeaders headers) {
        if (headers.contains(HeaderNames.CONNECTION)
                && headers.containsValue(HeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            List<String> options = new ArrayList<>(headers.getAll(HeaderNames.CONNECTION));
            if (!options.get(0).equalsIgnoreCase("close")) {
                options.add(0, "close");
                headers.set(HeaderNames.CONNECTION, options);
            }
        }
    }

    /** Refuses a {@code Connection} that names a header which the gateway uses. */
    static void check(MultiMap headers) {
        if (!headers.contains(HeaderNames.CONNECTION)) {
            return;
        }
        for (String option : HeaderSyntax.list(headers.getAll(HeaderNames.CONNECTION))) {
            if (USED_HEADERS.contains(option.toLowerCase(Locale.ROOT))) {
                throw HeadCheck.malformed("The Connection header names a header that goes from end to end: " + option
                        + " (expected: an option of the connection, such as close)");
            }
        }
    }
}
