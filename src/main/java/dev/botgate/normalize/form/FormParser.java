package dev.botgate.normalize.form;

import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.TextPosition;
import dev.botgate.normalize.json.Utf8;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * The fields of one form, decoded one after the other and put into a tree. Where the tree's texts take the form's own
 * place, a field overwrites none but itself and those before it.
 */
final class FormParser {
    private static final int LONGEST_NAME = 8_192;
    private static final int LONGEST_TOLD_NAME = 60;

    private final byte[] form;
    private final int formStart;
    private final int formEnd;
    private final FormTreeBuilder tree;
    private final FormLimits limits;
    private final ByteBuilder nameBytes = new ByteBuilder(64);
    private TextPosition fieldPosition = TextPosition.FIRST;
    private int positionAt;
    private int fields;

    FormParser(ByteRange form, FormTreeBuilder tree, FormLimits limits) {
        this.form = form.array();
        this.formEnd = form.end();
        this.formStart = form.start() + Utf8.byteOrderMark(this.form, form.start(), formEnd);
        this.positionAt = formStart;
        this.tree = tree;
        this.limits = limits;
    }

    /** Reads them all, and returns their JSON. */
    Buffer toEnd() throws InvalidBodyException {
        refuseJson();
        int at = formStart;
        while (at < formEnd) {
            int next = indexOf('&', at, formEnd);
            if (next > at) {
                field(at, next);
            }
            at = next + 1;
        }
        if (fields == 0) {
            throw at(formStart, "there are no fields (expected: name=value)");
        }
        return tree.toJson();
    }

    /** Reads those that are there to their end, of a form whose rest has not come; of the one after them, the name's length. */
    void checkBeginning() throws InvalidBodyException {
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
            throw at(first, "this looks like JSON (expected: a form, or Content-Type: application/json)");
        }
    }

    private void field(int start, int end) throws InvalidBodyException {
        fields++;
        if (fields > limits.maxFields()) {
            throw limitAt(start, "too many fields (expected: up to " + limits.maxFields() + ")");
        }
        int equals = indexOf('=', start, end);
        checkName(start, equals);
        boolean overwrites = tree.texts().areLent();
        TextPosition endPosition = TextPosition.FIRST;
        if (overwrites) {
            fieldPosition = position(start);
            positionAt = Math.max(positionAt, start);
            endPosition = position(end);
        }
        read(start, equals, end);
        if (overwrites) {
            fieldPosition = endPosition;
            positionAt = end;
        }
    }

    private void read(int start, int equals, int end) throws InvalidBodyException {
        nameBytes.truncate(0);
        String mistake = decode(start, equals, nameBytes);
        String name = nameBytes.text(0, nameBytes.length());
        if (mistake.isEmpty()) {
            ByteBuilder texts = tree.texts();
            int textStart = texts.length();
            mistake = decode(Math.min(equals + 1, end), end, texts);
            if (texts.length() - textStart > limits.maxTextBytes()) {
                throw limitAt(
                        start,
                        told(name) + " has too long a text (expected: up to " + limits.maxTextBytes() + " bytes)");
            }
            if (mistake.isEmpty()) {
                place(start, name, textStart);
                return;
            }
        }
        throw at(start, told(name) + " " + mistake);
    }

    private void checkName(int start, int end) throws InvalidBodyException {
        if (end - start > LONGEST_NAME) {
            throw limitAt(start, "a field's name is too long (expected: up to " + LONGEST_NAME + " bytes)");
        }
    }

    private void place(int start, String name, int textStart) throws InvalidBodyException {
        List<String> parts = FieldName.parts(name, limits.maxDepth() + 1).orElse(List.of());
        if (parts.isEmpty()) {
            throw at(start, told(name) + " is no name of a field (expected: names, [name], .name, [0] and [])");
        }
        try {
            tree.put(parts, textStart);
        } catch (FormTreeBuilder.Conflict e) {
            String reason = told(name) + " " + e.getMessage();
            throw e.isLimit() ? limitAt(start, reason) : at(start, reason);
        }
    }

    /** Appends what stands between {@code start} and {@code end} to {@code out}; returns what is wrong with it, or nothing. */
    private String decode(int start, int end, ByteBuilder out) {
        byte[] bytes = form;
        int outStart = out.length();
        int from = start;
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            if (b == '+' || b == '%') {
                out.lend(i);
                out.append(form, from, i);
                int value = b == '+' ? ' ' : hex(i + 1, end);
                if (value < 0) {
                    return "has a percent sign without two hexadecimal digits (expected: %25 for a percent sign)";
                }
                i += b == '+' ? 0 : 2;
                from = i + 1;
                out.lend(from);
                out.append(value);
            }
        }
        out.lend(end);
        out.append(form, from, end);
        return Utf8.firstInvalid(out.array(), outStart, out.length()) < 0 ? "" : "is not in UTF-8";
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

    /** The name as an error may tell it: its beginning, without what might confuse a log. */
    private static String told(String name) {
        StringBuilder told = new StringBuilder();
        name.codePoints()
                .limit(LONGEST_TOLD_NAME)
                .forEach(c -> told.append(c > ' ' && c < 0x7F && c != '"' ? (char) c : '?'));
        return "field " + told + (name.length() > LONGEST_TOLD_NAME ? "..." : "");
    }

    private InvalidBodyException at(int offset, String reason) {
        TextPosition position = position(offset);
        return InvalidBodyException.malformed(position.line(), position.column(), reason);
    }

    private InvalidBodyException limitAt(int offset, String reason) {
        TextPosition position = position(offset);
        return InvalidBodyException.limit(position.line(), position.column(), reason);
    }

    /** The place of what stands at {@code offset}, a field's start; what stood before {@link #positionAt} may be gone. */
    private TextPosition position(int offset) {
        return fieldPosition.after(form, positionAt, offset);
    }
}
