package dev.botgate.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The common syntax of header values: lists, parameters, tokens, quoted strings and weights of RFC 9110. */
public final class HeaderSyntax {
    private static final String DELIMITERS = "()<>@,;:\\\"[]?={}/";
    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]*)?|1(\\.0*)?");

    private HeaderSyntax() {}

    /** The elements of a list (section 5.6.1) over all lines of a header, without empty elements and surrounding white space. */
    public static List<String> list(List<String> lines) {
        if (lines.size() == 1 && lines.get(0).indexOf(',') < 0) {
            String only = lines.get(0).strip();
            return only.isEmpty() ? List.of() : List.of(only);
        }
        List<String> elements = new ArrayList<>();
        for (String line : lines) {
            for (String element : split(line, ',')) {
                if (!element.isEmpty()) {
                    elements.add(element);
                }
            }
        }
        return elements;
    }

    /** Splits {@code text} at each {@code separator} outside quoted strings, and strips the parts. */
    public static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(from, i).strip());
                from = i + 1;
            }
        }
        parts.add(text.substring(from).strip());
        return parts;
    }

    /**
     * One parameter (section 5.6.6). White space around {@code =}, which RFC 9110 does not allow, is accepted.
     *
     * @param name in lower case
     * @param value without quotes and escapes; empty where it is missing
     */
    public record Parameter(String name, String value) {
        public static Parameter of(String text) {
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            return new Parameter(
                    name.strip().toLowerCase(Locale.ROOT),
                    equals < 0 ? "" : unquoted(text.substring(equals + 1).strip()));
        }
    }

    /** The content of a quoted string (section 5.6.4); {@code value} itself where it is none. */
    public static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }

    /** Whether {@code text} is a token (section 5.6.2). */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7F || DELIMITERS.indexOf(c) >= 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** A weight (section 12.4.2) in thousandths; empty where it is malformed. More than three decimals are accepted. */
    public static OptionalInt weight(String value) {
        return WEIGHT.matcher(value).matches()
                ? OptionalInt.of((int) Math.round(Double.parseDouble(value) * 1_000))
                : OptionalInt.empty();
    }
}
