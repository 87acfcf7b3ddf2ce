package dev.botgate.server;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.HeaderSyntax;
import dev.botgate.operation.RouteTable;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Refuses headers and a query parameter by which the connector could understand another request than the gateway.
 *
 * <p>Common frameworks let them override the method or target of the request line: a request that the gateway records, limits
 * and caches as a read must not be a mutation to the connector. They are refused with any value and any method, with hyphens or
 * underscores, because CGI does not distinguish these. A form field {@code _method} is allowed: it comes with a method that can
 * mutate, and is recorded with the body.
 *
 * <p>Headers that {@code Connection} names are not forwarded (RFC 9110 section 7.6.1), so it must not name one that the gateway
 * uses.
 */
final class MisleadingHeaders {
    private static final List<? extends CharSequence> OVERRIDES = Stream.of(
                    "X-HTTP-Method-Override",
                    "X-HTTP-Method",
                    "X-Method",
                    "X-Method-Override",
                    "Method-Override",
                    "X-Original-Method",
                    "X-Original-URL",
                    "X-Rewrite-URL")
            .flatMap(name -> spellings(name).stream())
            .map(AsciiString::cached)
            .toList();

    private static final String PARAMETER = "_method";

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

    private MisleadingHeaders() {}

    /** Refuses a {@code Connection} that names a header which the gateway uses. */
    static void checkConnection(MultiMap headers) {
        if (!headers.contains(HeaderNames.CONNECTION)) {
            return;
        }
        for (String option : HeaderSyntax.list(headers.getAll(HeaderNames.CONNECTION))) {
            if (USED_HEADERS.contains(option.toLowerCase(Locale.ROOT))) {
                throw HeadCheck.malformed("The Connection header names an end-to-end header: " + option
                        + " (expected: an option of the connection, such as close)");
            }
        }
    }

    /** Refuses a header that names another method or target. */
    static void checkOverrides(MultiMap headers) {
        for (CharSequence name : OVERRIDES) {
            if (headers.contains(name)) {
                throw HeadCheck.malformed("The header " + name
                        + " names another method or target (expected: those in the request line alone)");
            }
        }
    }

    /** Refuses a parameter that names another method; {@code query} is raw. */
    static void checkQuery(String query) {
        for (String parameter : query.split("[&;]", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (name.length() >= PARAMETER.length() && RouteTable.decode(name).equalsIgnoreCase(PARAMETER)) {
                throw HeadCheck.malformed("The query parameter " + PARAMETER
                        + " names another method (expected: the method in the request line alone)");
            }
        }
    }

    /** {@code name} with an underscore in the place of each of its hyphens, or not. */
    private static List<String> spellings(String name) {
        List<String> all = new ArrayList<>(List.of(name));
        for (int i = name.indexOf('-'); i >= 0; i = name.indexOf('-', i + 1)) {
            int at = i;
            all.addAll(all.stream()
                    .map(spelling -> spelling.substring(0, at) + '_' + spelling.substring(at + 1))
                    .toList());
        }
        return all;
    }
}
