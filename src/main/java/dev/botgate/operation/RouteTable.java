package dev.botgate.operation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operation of a method and a raw path by the templates of the operations.
 *
 * <p>The path may carry a prefix before {@code /v3/conversations}, as service URLs do ({@code /amer/v3/...}); the first
 * occurrence counts. Literal segments match regardless of case and percent-encoding, and before variables: {@code
 * activities/history} is never an activity's id. A trailing slash is ignored. HEAD is treated as GET. A path below
 * {@code /v3/conversations} that matches no template is read by {@link LenientPath}.
 */
public final class RouteTable {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

    private static final Pattern ENCODED_SEPARATOR = Pattern.compile("%2[fF]|%5[cC]");

    /** By method. Literals come before variables, and the twelve before further routes that client libraries call. */
    private static final Map<String, List<KnownRoute>> KNOWN = Stream.concat(
                    Operation.twelve().stream().map(KnownRoute::of),
                    Stream.of(
                            KnownRoute.other("GET", "/{conversationId}/members/{memberId}"),
                            KnownRoute.other("PUT", "/{conversationId}/activities/{activityId}/reactions/{type}"),
                            KnownRoute.other("DELETE", "/{conversationId}/activities/{activityId}/reactions/{type}")))
            .sorted(Comparator.comparing(KnownRoute::variables))
            .collect(Collectors.groupingBy(KnownRoute::method));

    private RouteTable() {}

    /**
     * One method and path template.
     *
     * @param template segments below {@link Operation#BASE_PATH}; a variable is in braces
     */
    private record KnownRoute(String method, Operation operation, List<String> template) {
        static KnownRoute of(Operation operation) {
            return of(operation.method(), operation, operation.template().substring(Operation.BASE_PATH.length()));
        }

        static KnownRoute other(String method, String template) {
            return of(method, Operation.OTHER, template);
        }

        private static KnownRoute of(String method, Operation operation, String template) {
            return new KnownRoute(
                    method,
                    operation,
                    template.isEmpty()
                            ? List.of()
                            : List.of(template.substring(1).split("/", -1)));
        }

        private static boolean isVariable(String segment) {
            return segment.charAt(0) == '{';
        }

        long variables() {
            return template.stream().filter(KnownRoute::isVariable).count();
        }

        boolean matches(List<String> segments) {
            boolean matches = segments.size() == template.size();
            for (int i = 0; matches && i < template.size(); i++) {
                String expected = template.get(i);
                matches = isVariable(expected)
                        ? !segments.get(i).isEmpty()
                        : isLiteral(segments.get(i), 0, segments.get(i).length(), expected);
            }
            return matches;
        }

        Route route(List<String> segments) {
            return new Route(
                    operation,
                    !Route.isSafe(method),
                    variable("{conversationId}", segments),
                    variable("{activityId}", segments),
                    variable("{memberId}", segments),
                    true);
        }

        private @Nullable String variable(String name, List<String> segments) {
            int place = template.indexOf(name);
            return place < 0 ? null : decode(segments.get(place));
        }
    }

    /**
     * The route of {@code method} (in capitals) on {@code rawPath} (no query); {@link Operation#OTHER} if none of the
     * twelve matches.
     */
    public static Route match(String method, String rawPath) {
        List<String> segments = segmentsBelowBase(rawPath);
        if (segments != null) {
            for (KnownRoute known : KNOWN.getOrDefault(method.equals("HEAD") ? "GET" : method, List.of())) {
                if (known.matches(segments)) {
                    return known.route(segments);
                }
            }
        }
        return LenientPath.route(method, rawPath);
    }

    /** The methods of the twelve operations on {@code rawPath}; empty if the path belongs to none. */
    public static List<String> methodsOn(String rawPath) {
        List<String> segments = segmentsBelowBase(rawPath);
        return segments == null
                ? List.of()
                : METHODS.stream()
                        .filter(method -> KNOWN.getOrDefault(method, List.of()).stream()
                                .anyMatch(known -> known.operation() != Operation.OTHER && known.matches(segments)))
                        .toList();
    }

    /**
     * Whether a segment of {@code rawPath} is {@code .} or {@code ..}, percent-encoded or not. Encoded slashes and
     * backslashes separate segments too, since the connector might decode them first.
     */
    public static boolean hasDotSegment(String rawPath) {
        if (rawPath.indexOf('.') < 0 && rawPath.indexOf('%') < 0) {
            return false;
        }
        return containsDotSegment(rawPath)
                || (hasEncodedSeparator(rawPath)
                        && containsDotSegment(ENCODED_SEPARATOR.matcher(rawPath).replaceAll("/")));
    }

    private static boolean hasEncodedSeparator(String rawPath) {
        for (int i = rawPath.indexOf('%'); i >= 0; i = rawPath.indexOf('%', i + 1)) {
            if (rawPath.regionMatches(true, i, "%2F", 0, 3) || rawPath.regionMatches(true, i, "%5C", 0, 3)) {
                return true;
            }
        }
        return false;
    }

    private static boolean containsDotSegment(String rawPath) {
        int start = 0;
        while (start <= rawPath.length()) {
            int end = endOfSegment(rawPath, start);
            boolean possible = end > start && (rawPath.charAt(start) == '.' || rawPath.charAt(start) == '%');
            if (possible && end - start <= 6) {
                String segment = decode(rawPath.substring(start, end));
                if (segment.equals(".") || segment.equals("..")) {
                    return true;
                }
            }
            start = end + 1;
        }
        return false;
    }

    /** The raw segments after {@code v3/conversations}, without an empty last one; null if that pair does not occur. */
    private static @Nullable List<String> segmentsBelowBase(String rawPath) {
        int start = afterBase(rawPath);
        if (start < 0) {
            return null;
        }
        List<String> segments = new ArrayList<>(4);
        while (start < rawPath.length()) {
            int end = endOfSegment(rawPath, start);
            if (end > start || end < rawPath.length()) {
                segments.add(rawPath.substring(start, end));
            }
            start = end + 1;
        }
        return segments;
    }

    private static int afterBase(String rawPath) {
        boolean v3 = false;
        int start = 0;
        while (start < rawPath.length()) {
            int end = endOfSegment(rawPath, start);
            if (end > start) {
                if (v3 && isLiteral(rawPath, start, end, "conversations")) {
                    return Math.min(end + 1, rawPath.length());
                }
                v3 = isLiteral(rawPath, start, end, "v3");
            }
            start = end + 1;
        }
        return -1;
    }

    private static int endOfSegment(String rawPath, int start) {
        int slash = rawPath.indexOf('/', start);
        return slash < 0 ? rawPath.length() : slash;
    }

    /**
     * Whether the segment from {@code start} (inclusive) to {@code end} (exclusive) is {@code literal}, perhaps
     * percent-encoded.
     */
    private static boolean isLiteral(String rawPath, int start, int end, String literal) {
        if (end - start <= literal.length()) {
            return end - start == literal.length() && rawPath.regionMatches(true, start, literal, 0, literal.length());
        }
        int percent = rawPath.indexOf('%', start);
        return percent >= 0 && percent < end && literal.equalsIgnoreCase(decode(rawPath.substring(start, end)));
    }

    /** {@code segment} with percent-encodings decoded as UTF-8; invalid encodings are kept. */
    public static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        byte[] in = segment.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            if (low < 0) {
                out[length++] = in[i];
            } else {
                out[length++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
