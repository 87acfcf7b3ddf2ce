package dev.botgate.normalize.json;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a tree as JSON without white space, in the order of the source. */
public final class JsonTreeWriter {
    private static final byte[] HEXADECIMAL = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final JsonTree tree;
    private final ByteBuilder out;
    private final List<byte @Nullable []> names = new ArrayList<>();

    private JsonTreeWriter(JsonTree tree) {
        this.tree = tree;
        this.out = new ByteBuilder(tree.texts().length() + Math.min(tree.size(), 1 << 20) * 12 + 64);
    }

    /**
     * Writes {@code value} and everything below it. Recurses to the tree's depth, which the tree's builder has limited.
     */
    public static Buffer write(JsonTree tree, int value) {
        JsonTreeWriter writer = new JsonTreeWriter(tree);
        writer.value(value);
        return Buffer.buffer(writer.out.length()).appendBytes(writer.out.array(), 0, writer.out.length());
    }

    private void value(int value) {
        switch (tree.kind(value)) {
            case UNDETERMINED, NULL -> out.append(NULL);
            case TEXT -> string(tree.texts().array(), tree.textStart(value), tree.textEnd(value));
            case LITERAL -> out.append(tree.texts().array(), tree.textStart(value), tree.textEnd(value));
            case OBJECT -> object(value);
            case ARRAY, IMPLICIT_ARRAY -> array(value);
            case UNWRAPPED_ARRAY -> unwrappedArray(value);
            case INDEXED_ARRAY -> elements(sortedByIndex(value));
            case OBJECT_OR_ARRAY -> objectOrArray(value);
        }
    }

    private void object(int value) {
        out.append('{');
        for (int child = tree.firstChild(value); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            if (child != tree.firstChild(value)) {
                out.append(',');
            }
            out.append(quotedName(tree.nameIdOf(child)));
            value(child);
        }
        out.append('}');
    }

    private void array(int value) {
        out.append('[');
        for (int child = tree.firstChild(value); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            if (child != tree.firstChild(value)) {
                out.append(',');
            }
            value(child);
        }
        out.append(']');
    }

    private void unwrappedArray(int value) {
        int first = tree.firstChild(value);
        boolean isOnlyChild = tree.childCount(value) == 1;
        if (isOnlyChild && (tree.kind(first) == JsonTree.Kind.NULL || tree.kind(first) == JsonTree.Kind.ARRAY)) {
            value(first);
        } else {
            array(value);
        }
    }

    private void objectOrArray(int value) {
        int[] sorted = sortedByIndex(value);
        boolean dense = sorted.length > 0;
        for (int i = 0; i < sorted.length && dense; i++) {
            dense = index(sorted[i]) == i;
        }
        if (dense) {
            elements(sorted);
        } else {
            object(value);
        }
    }

    private void elements(int[] values) {
        out.append('[');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            value(values[i]);
        }
        out.append(']');
    }

    private int[] sortedByIndex(int value) {
        long[] keyed = new long[tree.childCount(value)];
        int at = 0;
        for (int child = tree.firstChild(value); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            keyed[at++] = (long) index(child) << 32 | child;
        }
        Arrays.sort(keyed);
        return Arrays.stream(keyed).mapToInt(key -> (int) key).toArray();
    }

    private int index(int child) {
        return JsonTree.arrayIndex(tree.nameText(tree.nameIdOf(child)));
    }

    private byte[] quotedName(int number) {
        while (names.size() <= number) {
            names.add(null);
        }
        byte[] known = names.get(number);
        if (known != null) {
            return known;
        }
        byte[] text = tree.nameText(number).getBytes(StandardCharsets.UTF_8);
        int start = out.length();
        string(text, 0, text.length);
        out.append(':');
        byte[] quoted = Arrays.copyOfRange(out.array(), start, out.length());
        out.truncate(start);
        names.set(number, quoted);
        return quoted;
    }

    private void string(byte[] text, int start, int end) {
        out.append('"');
        int from = start;
        for (int i = start; i < end; i++) {
            byte b = text[i];
            boolean control = b >= 0 && b < 0x20;
            if (control || b == '"' || b == '\\') {
                out.append(text, from, i);
                escape(b);
                from = i + 1;
            }
        }
        out.append(text, from, end);
        out.append('"');
    }

    private void escape(byte b) {
        out.append('\\');
        switch (b) {
            case '"', '\\' -> out.append(b);
            case '\n' -> out.append('n');
            case '\r' -> out.append('r');
            case '\t' -> out.append('t');
            default -> {
                out.append('u');
                out.append('0');
                out.append('0');
                out.append(HEXADECIMAL[b >> 4]);
                out.append(HEXADECIMAL[b & 0xF]);
            }
        }
    }
}
