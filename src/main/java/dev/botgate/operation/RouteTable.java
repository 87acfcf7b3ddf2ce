package dev.botgate.operation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operation that a method and a raw path stand for.
 *
 * <p>The path may carry a prefix before {@code /v3/conversations}, as service URLs do ({@code /amer/v3/...}); the first
 * occurrence counts, what follows it is ids. Literal segments are matched without regard to case, percent-encoded or
 * not, and before variables: {@code activities/history} is never an activity's id. A trailing slash means nothing. HEAD is
 * the operation of GET. What is under that path and fits nothing is read as by a {@link LenientPath}.
 */
public final class RouteTable {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

    private static final Pattern ENCODED_SEPARATOR = Pattern.compile("%2[fF]|%5[cC]");

    private RouteTable() {}

    /** The route of {@code method} (in capitals) on {@code rawPath} (no query); {@link Operation#OTHER} where none of the twelve fits. */
    public static Route match(String method, String rawPath) {
        List<String> segments = segmentsBelowBase(rawPath);
        if (segments == null) {
            return LenientPath.route(method, rawPath);
        }
        String asked = method.equals("HEAD") ? "GET" : method;
        Operation operation = operation(asked, segments);
        if (operation != null) {
            return route(operation, segments);
        }
        Route besides = besides(asked, segments);
        return besides == null ? LenientPath.route(method, rawPath) : besides;
    }

    /** What clients' libraries call besides the twelve: one member, and reactions. */
    private static @Nullable Route besides(String method, List<String> segments) {
        if (segments.size() < 3 || segments.contains("")) {
            return null;
        }
        String conversation = decode(segments.get(0));
        String second = decode(segments.get(2));
        boolean member = segments.size() == 3 && is(segments.get(1), "members");
        if (member && method.equals("GET")) {
            return new Route(Operation.OTHER, false, conversation, null, second, true);
        }
        boolean reaction =
                segments.size() == 5 && is(segments.get(1), "activities") && is(segments.get(3), "reactions");
        return reaction && (method.equals("PUT") || method.equals("DELETE"))
                ? new Route(Operation.OTHER, true, conversation, second, null, true)
                : null;
    }

    /** The methods that the twelve have on {@code rawPath}; empty where the path is none of theirs. */
    public static List<String> methodsOn(String rawPath) {
        List<String> segments = segmentsBelowBase(rawPath);
        if (segments == null) {
            return List.of();
        }
        return METHODS.stream()
                .filter(method -> operation(method, segments) != null)
                .toList();
    }

    /**
     * Whether a segment of {@code rawPath} is {@code .} or {@code ..}, percent-encoded or not; also between encoded slashes
     * and backslashes, which the connector might decode before it looks for segments.
     */
    public static boolean hasDotSegment(String rawPath) {
        if (rawPath.indexOf('.') < 0 && rawPath.indexOf('%') < 0) {
            return false;
        }
        return holdsDotSegment(rawPath)
                || (hasEncodedSeparator(rawPath)
                        && holdsDotSegment(ENCODED_SEPARATOR.matcher(rawPath).replaceAll("/")));
    }

    private static boolean hasEncodedSeparator(String rawPath) {
        for (int i = rawPath.indexOf('%'); i >= 0; i = rawPath.indexOf('%', i + 1)) {
            if (rawPath.regionMatches(true, i, "%2F", 0, 3) || rawPath.regionMatches(true, i, "%5C", 0, 3)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsDotSegment(String rawPath) {
        int start = 0;
        while (start <= rawPath.length()) {
            int end = endOfSegment(rawPath, start);
            boolean maybe = end > start && (rawPath.charAt(start) == '.' || rawPath.charAt(start) == '%');
            if (maybe && end - start <= 6) {
                String segment = decode(rawPath.substring(start, end));
                if (segment.equals(".") || segment.equals("..")) {
                    return true;
                }
            }
            start = end + 1;
        }
        return false;
    }

    private static @Nullable Operation operation(String method, List<String> segments) {
        int size = segments.size();
        if (size == 0) {
            return switch (method) {
                case "GET" -> Operation.GET_CONVERSATIONS;
                case "POST" -> Operation.CREATE_CONVERSATION;
                default -> null;
            };
        }
        if (size == 1 || size > 4 || segments.get(0).isEmpty()) {
            return null;
        }
        String collection = segments.get(1);
        if (is(collection, "activities")) {
            return activities(method, segments);
        }
        if (is(collection, "members")) {
            return members(method, segments);
        }
        if (size == 2 && is(collection, "pagedmembers") && method.equals("GET")) {
            return Operation.GET_CONVERSATION_PAGED_MEMBERS;
        }
        if (size == 2 && is(collection, "attachments") && method.equals("POST")) {
            return Operation.UPLOAD_ATTACHMENT;
        }
        return null;
    }

    private static @Nullable Operation activities(String method, List<String> segments) {
        if (segments.size() == 2) {
            return method.equals("POST") ? Operation.SEND_TO_CONVERSATION : null;
        }
        String activity = segments.get(2);
        if (activity.isEmpty()) {
            return null;
        }
        if (segments.size() == 4) {
            return method.equals("GET") && is(segments.get(3), "members") ? Operation.GET_ACTIVITY_MEMBERS : null;
        }
        return switch (method) {
            case "POST" -> is(activity, "history") ? Operation.SEND_CONVERSATION_HISTORY : Operation.REPLY_TO_ACTIVITY;
            case "PUT" -> Operation.UPDATE_ACTIVITY;
            case "DELETE" -> Operation.DELETE_ACTIVITY;
            default -> null;
        };
    }

    private static @Nullable Operation members(String method, List<String> segments) {
        if (segments.size() == 2) {
            return method.equals("GET") ? Operation.GET_CONVERSATION_MEMBERS : null;
        }
        boolean one = segments.size() == 3 && !segments.get(2).isEmpty();
        return one && method.equals("DELETE") ? Operation.DELETE_CONVERSATION_MEMBER : null;
    }

    private static Route route(Operation operation, List<String> segments) {
        boolean mutation = operation.effect() == OperationEffect.MUTATION;
        String conversation = segments.isEmpty() ? null : decode(segments.get(0));
        return switch (operation) {
            case REPLY_TO_ACTIVITY, UPDATE_ACTIVITY, DELETE_ACTIVITY, GET_ACTIVITY_MEMBERS ->
                new Route(operation, mutation, conversation, decode(segments.get(2)), null, true);
            case DELETE_CONVERSATION_MEMBER ->
                new Route(operation, mutation, conversation, null, decode(segments.get(2)), true);
            default -> new Route(operation, mutation, conversation, null, null, true);
        };
    }

    /** The raw segments after {@code v3/conversations}, without a last empty one; null where that pair does not occur. */
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
                if (v3 && is(rawPath, start, end, "conversations")) {
                    return Math.min(end + 1, rawPath.length());
                }
                v3 = is(rawPath, start, end, "v3");
            }
            start = end + 1;
        }
        return -1;
    }

    private static int endOfSegment(String rawPath, int start) {
        int slash = rawPath.indexOf('/', start);
        return slash < 0 ? rawPath.length() : slash;
    }

    private static boolean is(String segment, String literal) {
        return is(segment, 0, segment.length(), literal);
    }

    /** Whether the segment from {@code start} to before {@code end} is {@code literal}; percent-encoded it is longer. */
    private static boolean is(String rawPath, int start, int end, String literal) {
        if (end - start <= literal.length()) {
            return end - start == literal.length() && rawPath.regionMatches(true, start, literal, 0, literal.length());
        }
        int percent = rawPath.indexOf('%', start);
        return percent >= 0 && percent < end && literal.equalsIgnoreCase(decode(rawPath.substring(start, end)));
    }

    /** {@code segment} with its percent-encodings decoded as UTF-8; an encoding that is none stays as it is. */
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
