package dev.botgate.upstream;

import dev.botgate.upstream.Connectors.Connector;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An absolute http or https URL in parts that can be compared. The parts are raw, since service URLs contain characters
 * that {@link java.net.URI} refuses.
 *
 * @param host in small letters
 * @param port the default of the scheme if none was given
 * @param path raw; empty for none
 * @param tail question mark and query, hash and fragment; empty for none
 */
record HttpUrl(boolean tls, String host, int port, String path, String tail) {
    private static final Pattern AUTHORITY =
            Pattern.compile("([!-9;-~&&[^@\\\\\\[\\]]]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{0,5}))?");
    private static final Pattern DOT_SEGMENT =
            Pattern.compile("(?:^|[/\\\\]|%2[fF]|%5[cC])(?:\\.|%2[eE]){1,2}(?:\\z|(?=[/\\\\]|%2[fF]|%5[cC]))");

    /**
     * Parses {@code text}; empty for other texts, and for URLs with a user, spaces, control characters, or dot
     * segments, encoded ones included: the receiver might resolve them to another path.
     */
    static Optional<HttpUrl> parse(String text) {
        int start = text.regionMatches(true, 0, "https://", 0, 8) ? 8 : 7;
        boolean http = start == 8 || text.regionMatches(true, 0, "http://", 0, 7);
        if (!http || text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            return Optional.empty();
        }
        int path = endOf(text, start, "/?#");
        int tail = endOf(text, path, "?#");
        return parse(start == 8, text.substring(start, path), text.substring(path, tail), text.substring(tail));
    }

    private static Optional<HttpUrl> parse(boolean tls, String authority, String path, String tail) {
        var matcher = AUTHORITY.matcher(authority);
        if (!matcher.matches() || hasDotSegment(path)) {
            return Optional.empty();
        }
        String digits = Optional.ofNullable(matcher.group(2)).orElse("");
        int port = digits.isEmpty() ? (tls ? 443 : 80) : Integer.parseInt(digits);
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        return Optional.of(new HttpUrl(tls, host, port, path, tail));
    }

    /**
     * Path and tail of this URL relative to {@code base}; empty if it is not below {@code base}, compared by segments.
     */
    Optional<String> below(HttpUrl base) {
        String prefix = Connector.withoutTrailingSlash(base.path);
        boolean same = tls == base.tls && port == base.port && host.equals(base.host) && path.startsWith(prefix);
        return same && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/')
                ? Optional.of(path.substring(prefix.length()) + tail)
                : Optional.empty();
    }

    private static int endOf(String text, int from, String delimiters) {
        int i = from;
        while (i < text.length() && delimiters.indexOf(text.charAt(i)) < 0) {
            i++;
        }
        return i;
    }

    private static boolean hasDotSegment(String path) {
        return DOT_SEGMENT.matcher(path).find();
    }
}
