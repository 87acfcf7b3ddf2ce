package dev.botgate.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a path as the most lenient server might: encoded slashes and backslashes separate segments, empty segments are
 * skipped, and literals match regardless of case, parameters after a semicolon, and dots or blanks around them.
 */
final class LenientPath {
    private static final Pattern SEPARATOR = Pattern.compile("/|\\\\|%2[fF]|%5[cC]");
    private static final Pattern LEADING_SEPARATORS = Pattern.compile("^[/\\\\]+");
    private static final Pattern COLLECTION = Pattern.compile(
            "[/\\\\][.\\x00-\\x20\\xa0]*(?:activities|members|pagedmembers|attachments)(?=[/\\\\;.\\x00-\\x20\\xa0]|$)",
            Pattern.CASE_INSENSITIVE);

    private LenientPath() {}

    /** The route of a request that matches none of the twelve operations. */
    static Route route(String method, String rawPath) {
        int start = afterBase(rawPath);
        return start < 0 ? Route.other(method) : Route.unknown(method, conversation(rawPath.substring(start)));
    }

    /** The index after {@code v3/conversations}; -1 if that pair does not occur. */
    private static int afterBase(String rawPath) {
        Matcher separator = SEPARATOR.matcher(rawPath);
        boolean v3 = false;
        int start = 0;
        while (start < rawPath.length()) {
            boolean more = separator.find();
            int end = more ? separator.start() : rawPath.length();
            if (end > start) {
                String segment = trimmedLiteral(rawPath.substring(start, end));
                if (v3 && segment.equalsIgnoreCase("conversations")) {
                    return more ? separator.end() : end;
                }
                v3 = segment.equalsIgnoreCase("v3");
            }
            start = more ? separator.end() : end;
        }
        return -1;
    }

    /**
     * The conversation id in the first segment that is not empty. It may contain an encoded slash, unless the name of a
     * collection follows.
     */
    private static @Nullable String conversation(String rawRest) {
        for (String segment : rawRest.split("/", -1)) {
            String decoded = "/" + RouteTable.decode(segment);
            Matcher collection = COLLECTION.matcher(decoded);
            boolean found = collection.find();
            String id = LEADING_SEPARATORS
                    .matcher(found ? decoded.substring(0, collection.start()) : decoded)
                    .replaceFirst("");
            if (found || !id.isBlank()) {
                return id.isBlank() ? null : id;
            }
        }
        return null;
    }

    /** A segment without its parameters, and without dots and blanks around it. */
    private static String trimmedLiteral(String segment) {
        String decoded = RouteTable.decode(segment);
        int parameters = decoded.indexOf(';');
        String literal = parameters < 0 ? decoded : decoded.substring(0, parameters);
        int start = 0;
        int end = literal.length();
        while (start < end && isIgnorable(literal.charAt(start))) {
            start++;
        }
        while (end > start && isIgnorable(literal.charAt(end - 1))) {
            end--;
        }
        return literal.substring(start, end);
    }

    private static boolean isIgnorable(char c) {
        return c <= ' ' || c == '.' || c == 0xa0;
    }
}
