package dev.botgate.server;

import dev.botgate.operation.RouteTable;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Headers and a query parameter by which common frameworks override the method or target of the request line. They are refused: a
 * request that the gateway records, limits and caches as a read must not be a mutation to the connector.
 *
 * <p>They are refused with any value and any method, with hyphens or underscores, because CGI does not distinguish these. A form
 * field {@code _method} is allowed: it comes with a method that can mutate, and is recorded with the body.
 */
final class MethodOverrides {
    private static final List<? extends CharSequence> HEADERS = Stream.of(
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

    private MethodOverrides() {}

    /** Refuses a header that names another method or target. */
    static void checkHeaders(MultiMap headers) {
        for (CharSequence name : HEADERS) {
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
