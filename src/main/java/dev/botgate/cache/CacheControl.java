package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.HeaderSyntax;
import io.vertx.core.MultiMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The directives of a message's {@code Cache-Control}: RFC 9111 section 5.2.
 *
 * @param directives name in lower case to argument without quotes; empty where there is none; the strictest one of a
 *     repeated directive
 */
record CacheControl(Map<String, String> directives) {
    private static final int MAX_DIGITS = 9;
    private static final CacheControl NONE = new CacheControl(Map.of());

    CacheControl {
        directives = Map.copyOf(directives);
    }

    static CacheControl of(MultiMap headers) {
        if (!headers.contains(HeaderNames.CACHE_CONTROL)) {
            return NONE;
        }
        Map<String, String> found = new HashMap<>();
        HeaderSyntax.list(headers.getAll(HeaderNames.CACHE_CONTROL)).forEach(directive -> add(found, directive));
        return new CacheControl(found);
    }

    CacheControl without(String directive) {
        Map<String, String> others = new HashMap<>(directives);
        others.remove(directive);
        return new CacheControl(others);
    }

    boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** Whether {@code directive} is there and has an argument. */
    boolean hasArgument(String directive) {
        return !directives.getOrDefault(directive, "").isEmpty();
    }

    /** The argument in nanoseconds; empty without the directive, 0 if it is not a number of seconds. */
    OptionalLong nanoseconds(String directive) {
        String argument = directives.get(directive);
        return argument == null ? OptionalLong.empty() : OptionalLong.of(TimeUnit.SECONDS.toNanos(seconds(argument)));
    }

    private static void add(Map<String, String> found, String directive) {
        int equals = directive.indexOf('=');
        String name = (equals < 0 ? directive : directive.substring(0, equals)).strip();
        String argument = equals < 0 ? "" : argument(directive, equals);
        if (!name.isEmpty()) {
            String lower = name.toLowerCase(Locale.ROOT);
            found.merge(lower, argument, (one, other) -> leniency(lower, one) <= leniency(lower, other) ? one : other);
        }
    }

    /** No white space may be around {@code =}: RFC 9111 section 5.2. An argument after white space counts as 0. */
    private static String argument(String directive, int equals) {
        boolean invalid = equals > 0 && Character.isWhitespace(directive.charAt(equals - 1));
        String argument = directive.substring(equals + 1).stripTrailing();
        return invalid ? " " + argument : HeaderSyntax.unquoted(argument);
    }

    /** How much {@code argument} allows. A greater age allows more, but a greater {@code min-fresh} less. */
    private static long leniency(String name, String argument) {
        if (name.equals("min-fresh")) {
            return -seconds(argument);
        }
        // Without an argument it allows anything.
        return name.equals("max-stale") && argument.isEmpty() ? Long.MAX_VALUE : seconds(argument);
    }

    private static long seconds(String argument) {
        if (argument.isEmpty() || !argument.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        return argument.length() > MAX_DIGITS ? Integer.MAX_VALUE : Long.parseLong(argument);
    }
}
