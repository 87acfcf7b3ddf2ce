package dev.botgate.audit.redaction;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds the scalars of JSON in UTF-8, and gives them canonical bytes: equal for equal values however they are written, and
 * different for different values and types.
 *
 * <p>A string is {@code string:} and its UTF-8, escapes resolved; one with an unpaired surrogate, which UTF-8 cannot
 * express, is {@code utf-16:} and its UTF-16. A number is {@code number:}, its digits without zeros at either end,
 * {@code e}, and the power of ten that they are multiplied by: 1, 1.0 and 1e0 are {@code number:1e0}, 0 is {@code
 * number:0e0}. The others are {@code boolean:true}, {@code boolean:false} and {@code null:}.
 */
final class JsonScalars {
    /** The limits of bodies are checked where bodies are read. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .build();

    /** In UTF-16 and UTF-32 one of the first four bytes is 0. */
    private static final int ENCODING_BYTES = 4;

    static final byte[] TRUE = ascii("boolean:true");
    static final byte[] FALSE = ascii("boolean:false");
    static final byte[] NULL = ascii("null:");

    /** More digits than a sensible exponent has, and few enough for a long. */
    private static final int MAX_EXPONENT_DIGITS = 17;

    private JsonScalars() {}

    /** @throws IOException for other encodings, in which offsets are not those of bytes */
    static JsonParser parser(byte[] json) throws IOException {
        for (int i = 0; i < Math.min(ENCODING_BYTES, json.length); i++) {
            if (json[i] == 0) {
                throw new IOException("not UTF-8");
            }
        }
        return JSON.createParser(json);
    }

    /** The canonical bytes of {@code text}; empty if it is not a single scalar. */
    static Optional<byte[]> parse(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = parser(json)) {
            JsonToken token = parser.nextToken();
            if (token == null || !token.isScalarValue()) {
                return Optional.empty();
            }
            byte[] scalar = canonical(parser, json, start(parser));
            return parser.nextToken() == null ? Optional.of(scalar) : Optional.empty();
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }

    /** Where the current token begins. */
    static int start(JsonParser parser) {
        return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    /** The canonical bytes of the current scalar, which begins at {@code start}. */
    static byte[] canonical(JsonParser parser, byte[] json, int start) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> string(parser.getText());
            case VALUE_TRUE -> TRUE;
            case VALUE_FALSE -> FALSE;
            case VALUE_NULL -> NULL;
            default -> number(new String(json, start, endOfNumber(json, start) - start, StandardCharsets.US_ASCII));
        };
    }

    /** The offset after the current scalar, which begins at {@code start}. */
    static int end(JsonParser parser, byte[] json, int start) {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> endOfString(json, start);
            case VALUE_FALSE -> start + "false".length();
            case VALUE_TRUE, VALUE_NULL -> start + "true".length();
            default -> endOfNumber(json, start);
        };
    }

    private static int endOfString(byte[] json, int start) {
        int at = start + 1;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static int endOfNumber(byte[] json, int start) {
        int at = start;
        while (at < json.length && "+-.0123456789Ee".indexOf(json[at]) >= 0) {
            at++;
        }
        return at;
    }

    static byte[] string(String value) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(value)
                ? ("string:" + value).getBytes(StandardCharsets.UTF_8)
                : joined(ascii("utf-16:"), value.getBytes(StandardCharsets.UTF_16BE));
    }

    /** A number of RFC 8259, in time proportional to its length, unlike {@code BigDecimal}. */
    static byte[] number(String text) {
        int from = text.charAt(0) == '-' ? 1 : 0;
        int mark = Math.max(text.indexOf('e'), text.indexOf('E'));
        int mantissaEnd = mark < 0 ? text.length() : mark;
        int point = text.indexOf('.');
        String whole = text.substring(from, point < 0 ? mantissaEnd : point);
        String fraction = point < 0 ? "" : text.substring(point + 1, mantissaEnd);
        String digits = whole + fraction;
        int first = 0;
        while (first < digits.length() && digits.charAt(first) == '0') {
            first++;
        }
        if (first == digits.length()) {
            return ascii("number:0e0");
        }
        int last = digits.length();
        while (digits.charAt(last - 1) == '0') {
            last--;
        }
        long shift = (long) digits.length() - last - fraction.length();
        String sign = from == 1 ? "-" : "";
        return ascii("number:" + sign + digits.substring(first, last) + "e"
                + exponent(mark < 0 ? "0" : text.substring(mark + 1), shift));
    }

    /** An exponent that is too long stays as it is written: its number then equals only itself. */
    private static String exponent(String written, long shift) {
        String significant = written.replaceFirst("^([-+]?)0+(?=[0-9])", "$1");
        return significant.length() > MAX_EXPONENT_DIGITS
                ? significant + "+" + shift
                : Long.toString(Long.parseLong(significant) + shift);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[] head, byte[] tail) {
        byte[] both = new byte[head.length + tail.length];
        System.arraycopy(head, 0, both, 0, head.length);
        System.arraycopy(tail, 0, both, head.length, tail.length);
        return both;
    }
}
