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
 * What {@code Connection} may name: RFC 9110 section 7.6.1. What it names is not forwarded, so no header may be named that
 * the gateway has judged the request by, or the connector would judge another request.
 */
final class ConnectionOptions {
    private static final Set<String> USED_HERE = Set.of(
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

    /** Puts {@code close} in front of other options, since Vert.x looks for it in the first line alone, and only by itself. */
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
            if (USED_HERE.contains(option.toLowerCase(Locale.ROOT))) {
                throw HeadCheck.malformed("The Connection header names a header that goes from end to end: " + option
                        + " (expected: an option of the connection, such as close)");
            }
        }
    }
}
