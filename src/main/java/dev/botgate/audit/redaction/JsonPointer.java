package dev.botgate.audit.redaction;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in a JSON document, by RFC 6901: {@code /from/id}. In addition, a segment {@code *} matches every element of an
 * array and every member of an object.
 *
 * @param segments with {@code ~0} and {@code ~1} resolved; none for the whole document
 */
public record JsonPointer(List<String> segments) {
    static final String ANY = "*";

    public JsonPointer {
        segments = List.copyOf(segments);
    }

    /** @throws IllegalArgumentException that says what is wrong with {@code text}, such as {@code "a" begins with no slash} */
    public static JsonPointer of(String text) {
        List<String> segments = new ArrayList<>();
        if (!text.isEmpty() && text.charAt(0) != '/') {
            throw new IllegalArgumentException("\"" + text + "\" begins with no slash");
        }
        for (int at = 0; at < text.length(); ) {
            int next = text.indexOf('/', at + 1);
            int end = next < 0 ? text.length() : next;
            segments.add(resolved(text.substring(at + 1, end), text));
            at = end;
        }
        return new JsonPointer(segments);
    }

    private static String resolved(String segment, String text) {
        if (segment.matches("(?s).*~(?![01]).*")) {
            throw new IllegalArgumentException("\"" + text + "\" has a ~ that is neither ~0 nor ~1");
        }
        if (segment.equals("-")) {
            throw new IllegalArgumentException("\"" + text + "\" names with - an element that does not exist");
        }
        return segment.replace("~1", "/").replace("~0", "~");
    }
}
