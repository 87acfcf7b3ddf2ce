package dev.botgate.normalize.form;

import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.TextPosition;
import dev.botgate.normalize.json.Utf8;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * Decodes the fields of a form one after the other and puts them into a tree. Where the tree overwrites the form, a
 * field overwrites only itself and earlier fields.
 */
final class FormParser {
    private static final int MAX_NAME_BYTES = 8_192;
    private static final int MAX_SHOWN_NAME = 60;

    private final byte[] form;
    private final int formStart;
    private final int formEnd;
    private final FormTreeBuilder tree;
    private final FormLimits limits;
    private final ByteBuilder nameBytes = new ByteBuilder(64);
    private TextPosition fieldPosition = TextPosition.START;
    private int positionOffset;
    private int fieldCount;

    FormParser(ByteRange form, FormTreeBuilder tree, FormLimits limits) {
        this.form = form.array();
        this.formEnd = form.end();
        this.formStart = form.start() + Utf8.byteOrderMark(this.form, form.start(), formEnd);
        this.positionOffset = formStart;
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

    /** Checks a form whose rest has not arrived: all complete fields, and the length of the last name. */
    void checkPrefix() throws InvalidBodyException {
        refuseJson();
        int at = formStart;
        for (int next = indexOf('&', at, formEnd); next < formEnd; next = indexOf('&', at, formEnd)) {
            if (next > at) {
                field(at, next);
            }
            at = next + 1;
        }
        checkName(at, indexOf('=', at, formEnd));
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
        boolean overwrites = tree.texts().isInPlace();
        TextPosition endPosition = TextPosition.START;
        if (overwrites) {
            fieldPosition = position(start);
            positionOffset = Math.max(positionOffset, start);
            endPosition = position(end);
        }
        decodeField(start, equals, end);
        if (overwrites) {
            fieldPosition = endPosition;
            positionOffset = end;
        }
    }

    private void decodeField(int start, int equals, int end) throws InvalidBodyException {
        nameBytes.truncate(0);
        String problem = decode(start, equals, nameBytes);
        String name = nameBytes.text(0, nameBytes.length());
        if (problem.isEmpty()) {
            ByteBuilder texts = tree.texts();
            int textStart = texts.length();
            problem = decode(Math.min(equals + 1, end), end, texts);
            if (texts.length() - textStart > limits.maxTextBytes()) {
                throw limitExceededAt(
                        start, shown(name) + " is too long (expected: up to " + limits.maxTextBytes() + " bytes)");
            }
            if (problem.isEmpty()) {
                put(start, name, textStart);
                return;
            }
        }
        throw malformedAt(start, shown(name) + " " + problem);
    }

    private void checkName(int start, int end) throws InvalidBodyException {
        if (end - start > MAX_NAME_BYTES) {
            throw limitExceededAt(start, "a field's name is too long (expected: up to " + MAX_NAME_BYTES + " bytes)");
        }
    }

    private void put(int start, String name, int textStart) throws InvalidBodyException {
        List<String> parts = FieldName.parts(name, limits.maxDepth() + 1).orElse(List.of());
        if (parts.isEmpty()) {
            throw malformedAt(
                    start, shown(name) + " has a malformed name (expected: names, [name], .name, [0] and [])");
        }
        try {
            tree.put(parts, textStart);
        } catch (FormTreeBuilder.InvalidFieldException e) {
            String reason = shown(name) + " " + e.getMessage();
            throw e.isLimitExceeded() ? limitExceededAt(start, reason) : malformedAt(start, reason);
        }
    }

    /**
     * Appends the decoded bytes between {@code start} and {@code end} to {@code out}.
     *
     * @return what is wrong with them; empty where nothing is
     */
    private String decode(int start, int end, ByteBuilder out) {
        byte[] bytes = form;
        int outStart = out.length();
        int from = start;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '+' || b == '%') {
                out.allowOverwriteUpTo(i);
                out.append(form, from, i);
                int value = b == '+' ? ' ' : hex(i + 1, end);
                if (value < 0) {
                    return "has a percent sign without two hexadecimal digits (expected: %25 for a percent sign)";
                }
                i += b == '+' ? 0 : 2;
                from = i + 1;
                out.allowOverwriteUpTo(from);
                out.append(value);
            }
        }
        out.allowOverwriteUpTo(end);
        out.append(form, from, end);
        return Utf8.firstInvalid(out.array(), outStart, out.length()) < 0 ? "" : "is not valid UTF-8";
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
        TextPosition position = position(offset);
        return InvalidBodyException.malformed(position.line(), position.column(), reason);
    }

    private InvalidBodyException limitExceededAt(int offset, String reason) {
        TextPosition position = position(offset);
        return InvalidBodyException.limitExceeded(position.line(), position.column(), reason);
    }

    /**
     * The position of {@code offset}, the start of a field. The bytes before {@link #positionOffset} may be
     * overwritten.
     */
    private TextPosition position(int offset) {
        return fieldPosition.advance(form, positionOffset, offset);
    }
}
