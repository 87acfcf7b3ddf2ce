package dev.botgate.audit.redaction;

import java.nio.charset.StandardCharsets;

/**
 * JSON scalars as bytes: equal for equal values however they are written, different for different values and types.
 *
 * <p>A string is {@code string:} and its UTF-8, escapes resolved; with half a surrogate pair in it, which UTF-8 has not
 * got, {@code utf-16:} and its UTF-16. A number is {@code number:}, its digits without zeros at either end, {@code e}, and
 * the power of ten that they are multiplied by: 1, 1.0 and 1e0 are {@code number:1e0}, 0 is {@code number:0e0}. The others
 * are {@code boolean:true}, {@code boolean:false} and {@code null:}.
 */
final class CanonicalScalar {
    static final byte[] TRUE = ascii("boolean:true");
    static final byte[] FALSE = ascii("boolean:false");
    static final byte[] NULL = ascii("null:");

    /** More digits than any exponent that somebody meant, and few enough to reckon with. */
    private static final int LONGEST_EXPONENT = 17;

    private CanonicalScalar() {}

    static byte[] string(String value) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(value)
                ? ("string:" + value).getBytes(StandardCharsets.UTF_8)
                : joined(ascii("utf-16:"), value.getBytes(StandardCharsets.UTF_16BE));
    }

    /** {@code text}, as RFC 8259 has it; in time proportional to its length, unlike what a {@code BigDecimal} takes. */
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

    /** One that is too long stays as it is written: its number is then equal to itself, which is all it needs. */
    private static String exponent(String written, long shift) {
        String significant = written.replaceFirst("^([-+]?)0+(?=[0-9])", "$1");
        return significant.length() > LONGEST_EXPONENT
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
