package dev.botgate.normalize.json;

import dev.botgate.schema.PropertyType;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** Converts the text of a scalar to JSON. White space around it does not count, except in text, as in XML Schema. */
public enum ScalarParser {
    TEXT("text", "text") {
        @Override
        public Optional<String> toJson(String text) {
            return Optional.empty();
        }
    },
    BOOLEAN("boolean", "true or false") {
        @Override
        public Optional<String> toJson(String text) {
            return switch (text) {
                case "true", "1" -> Optional.of("true");
                case "false", "0" -> Optional.of("false");
                default -> Optional.empty();
            };
        }
    },
    INT32("32-bit integer", "a whole number from -2147483648 to 2147483647") {
        @Override
        public Optional<String> toJson(String text) {
            return INTEGER.toJson(text).filter(digits -> new BigInteger(digits).bitLength() < 32);
        }
    },
    INTEGER("integer", "a whole number") {
        @Override
        public Optional<String> toJson(String text) {
            return INTEGER_SYNTAX.matcher(text).matches() ? Optional.of(normalizedNumber(text)) : Optional.empty();
        }
    },
    NUMBER("number", "a number") {
        @Override
        public Optional<String> toJson(String text) {
            return NUMBER_SYNTAX.matcher(text).matches() ? Optional.of(normalizedNumber(text)) : Optional.empty();
        }
    },
    /** How .NET writes a {@code char}: the number of its UTF-16 code unit. */
    CHARACTER("character", "the number of a character") {
        @Override
        public Optional<String> toJson(String text) {
            return INTEGER.toJson(text)
                    .filter(digits ->
                            digits.length() <= 5 && !digits.startsWith("-") && Integer.parseInt(digits) < 65_536)
                    .map(digits -> String.format("\"\\u%04x\"", Integer.parseInt(digits)));
        }
    };

    /** A longer text is no scalar. Limits the work on a hostile one. */
    public static final int MAX_LENGTH = 400;

    private static final Pattern INTEGER_SYNTAX = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern NUMBER_SYNTAX =
            Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private final String typeName;
    private final String expected;

    ScalarParser(String typeName, String expected) {
        this.typeName = typeName;
        this.expected = expected;
    }

    /** The parser for a scalar of the schema. */
    public static ScalarParser of(PropertyType.Scalar scalar) {
        return switch (scalar) {
            case STRING, DATE_TIME, BYTE -> TEXT;
            case BOOLEAN -> BOOLEAN;
            case INT32 -> INT32;
            case INTEGER -> INTEGER;
            case NUMBER -> NUMBER;
        };
    }

    /**
     * Converts {@code text}, which has no white space around it.
     *
     * @return empty where the text is not of this type, and always for {@link #TEXT}, which is no JSON literal
     */
    public abstract Optional<String> toJson(String text);

    /** The error message for the property at {@code path}. */
    public String error(String path) {
        return path + " is not a valid " + typeName + " (expected: " + expected + ")";
    }

    /** A number in JSON's notation: no plus, no leading zeros, no bare point. */
    private static String normalizedNumber(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2);
        int at = 0;
        if (text.charAt(0) == '-' || text.charAt(0) == '+') {
            at = 1;
            if (text.charAt(0) == '-') {
                json.append('-');
            }
        }
        int whole = at;
        while (whole < text.length() && Character.isDigit(text.charAt(whole))) {
            whole++;
        }
        while (at < whole - 1 && text.charAt(at) == '0') {
            at++;
        }
        json.append(at == whole ? "0" : text.substring(at, whole));
        boolean barePoint = whole < text.length()
                && text.charAt(whole) == '.'
                && (whole + 1 == text.length() || !Character.isDigit(text.charAt(whole + 1)));
        return json.append(text, barePoint ? whole + 1 : whole, text.length()).toString();
    }
}
