package dev.botgate.normalize.form;

import dev.botgate.normalize.form.FormReader.FormLimits;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.TextPosition;
import dev.botgate.normalize.json.Utf8;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decodes the fields of a form one after the other and puts them into a tree. */
final class FormParser {
    /** The part {@code []}: the next element of an array. */
    static final String APPEND = "";

    private static final int MAX_NAME_BYTES = 8_192;
    private static final int MAX_SHOWN_NAME = 60;

    private final byte[] form;
    private final int formStart;
    private final int formEnd;
    private final FormTreeBuilder tree;
    private final FormLimits limits;
    private int fieldCount;

    FormParser(ByteRange form, FormTreeBuilder tree, FormLimits limits) {
        this.form = form.array();
        this.formEnd = form.end();
        this.formStart = form.start() + Utf8.byteOrderMark(this.form, form.start(), formEnd);
        this.tree = tree;
        this.limits = limits;
    }

    /**
     * Converts the form.
     *
     * @return its JSON
     */
    Buffer parse() throws InvalidBodyException {
        refuseJson();
        int at = formStart;
        while (at < formEnd) {
            int next = indexOf('&', at, formEnd);
            if (next > at) {
                field(at, next);
            }
            at = next + 1;
        }
        if (fieldCount == 0) {
            throw malformedAt(formStart, "the form has no fields (expected: name=value)");
        }
        return tree.toJson();
    }

    private void refuseJson() throws InvalidBodyException {
        int first = formStart;
        while (first < formEnd && form[first] <= ' ' && form[first] >= 0) {
            first++;
        }
        if (first < formEnd && (form[first] == '{' || form[first] == '[')) {
            throw malformedAt(first, "the body looks like JSON (expected: a form, or Content-Type: application/json)");
        }
    }

    private void field(int start, int end) throws InvalidBodyException {
        fieldCount++;
        if (fieldCount > limits.maxFields()) {
            throw limitExceededAt(start, "too many fields (expected: up to " + limits.maxFields() + ")");
        }
        int equals = indexOf('=', start, end);
        checkName(start, equals);
        String name = decode(start, equals, start, null);
        String text = decode(Math.min(equals + 1, end), end, start, name);
        List<String> parts = parts(name, limits.maxDepth() + 1).orElse(List.of());
        if (parts.isEmpty()) {
            throw malformedAt(
                    start, shown(name) + " has a malformed name (expected: names, [name], .name, [0] and [])");
        }
        try {
            tree.put(parts, text);
        } catch (FormTreeBuilder.InvalidFieldException e) {
            String reason = shown(name) + " " + e.getMessage();
            throw e.isLimitExceeded() ? limitExceededAt(start, reason) : malformedAt(start, reason);
        }
    }

    private void checkName(int start, int end) throws InvalidBodyException {
        if (end - start > MAX_NAME_BYTES) {
            throw limitExceededAt(start, "a field's name is too long (expected: up to " + MAX_NAME_BYTES + " bytes)");
        }
    }

    /**
     * Decodes the bytes between {@code start} and {@code end}.
     *
     * @param field where the field starts
     * @param name the name of the field; null while the name itself is decoded
     */
    private String decode(int start, int end, int field, @Nullable String name) throws InvalidBodyException {
        byte[] decoded = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            int value = form[i] == '+' ? ' ' : form[i];
            if (form[i] == '%') {
                value = hex(i + 1, end);
                if (value < 0) {
                    String soFar = new String(decoded, 0, length, StandardCharsets.UTF_8);
                    throw malformedAt(
                            field,
                            shown(name == null ? soFar : name)
                                    + " has a percent sign without two hexadecimal digits (expected: %25 for a percent sign)");
                }
                i += 2;
            }
            decoded[length++] = (byte) value;
        }
        String text = new String(decoded, 0, length, StandardCharsets.UTF_8);
        if (name != null && length > limits.maxTextBytes()) {
            throw limitExceededAt(
                    field, shown(name) + " is too long (expected: up to " + limits.maxTextBytes() + " bytes)");
        }
        if (Utf8.firstInvalid(decoded, 0, length) >= 0) {
            throw malformedAt(field, shown(name == null ? text : name) + " is not valid UTF-8");
        }
        return text;
    }

    /** The parts of the name of a field, such as three of {@code attachments[0].name}, but no more than {@code maxParts}; empty where the name is malformed. */
    private static Optional<List<String>> parts(String name, int maxParts) {
        List<String> parts = new ArrayList<>(4);
        int at = endOfPart(name, 0);
        if (at == 0) {
            return Optional.empty();
        }
        parts.add(name.substring(0, at));
        while (at < name.length() && parts.size() < maxParts) {
            boolean bracket = name.charAt(at) == '[';
            int end = bracket ? name.indexOf(']', at) : endOfPart(name, at + 1);
            boolean part = bracket ? end > at : name.charAt(at) == '.' && end > at + 1;
            if (!part) {
                return Optional.empty();
            }
            parts.add(name.substring(at + 1, end));
            at = bracket ? end + 1 : end;
        }
        return Optional.of(parts);
    }

    private static int endOfPart(String name, int from) {
        int at = from;
        while (at < name.length() && name.charAt(at) != '[' && name.charAt(at) != '.') {
            at++;
        }
        return at;
    }

    private int hex(int at, int end) {
        if (at + 2 > end) {
            return -1;
        }
        int high = Character.digit(form[at], 16);
        int low = Character.digit(form[at + 1], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private int indexOf(char wanted, int from, int end) {
        byte[] bytes = form;
        int at = from;
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** The name for an error message: shortened, and without characters that could confuse a log. */
    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        name.codePoints()
                .limit(MAX_SHOWN_NAME)
                .forEach(c -> shown.append(c > ' ' && c < 0x7F && c != '"' ? (char) c : '?'));
        return "field " + shown + (name.length() > MAX_SHOWN_NAME ? "..." : "");
    }

    private InvalidBodyException malformedAt(int offset, String reason) {
        TextPosition position = TextPosition.of(form, formStart, offset);
        return InvalidBodyException.malformed(position.line(), position.column(), reason);
    }

    private InvalidBodyException limitExceededAt(int offset, String reason) {
        TextPosition position = TextPosition.of(form, formStart, offset);
        return InvalidBodyException.limitExceeded(position.line(), position.column(), reason);
    }
}
