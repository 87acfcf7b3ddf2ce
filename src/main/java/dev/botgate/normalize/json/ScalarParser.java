package dev.botgate.normalize.json;

import dev.botgate.schema.Type;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a scalar's text becomes JSON. Spaces around anything but text mean nothing, as in XML Schema. */
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
    /** What .NET writes of a {@code char}: the number of its UTF-16 unit. */
    CHARACTER("character", "the number of a character") {
        @Override
        public Optional<String> toJson(String text) {
            return INTEGER.toJson(text)
                    .filter(digits ->
                            digits.length() <= 5 && !digits.startsWith("-") && Integer.parseInt(digits) < 65_536)
                    .map(digits -> String.format("\"\\u%04x\"", Integer.parseInt(digits)));
        }
    };

    /** Longer texts are no scalars; bounds the work that a hostile one makes. */
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

    /** The literal of the schema's scalars. */
    public static ScalarParser of(Type.Scalar scalar) {
        return switch (scalar) {
            case STRING, DATE_TIME, BYTE -> TEXT;
            case BOOLEAN -> BOOLEAN;
            case INT32 -> INT32;
            case INTEGER -> INTEGER;
            case NUMBER -> NUMBER;
        };
    }

    /** The JSON of {@code text}, which has no spaces around it; empty where it is none, and for text, which is no literal. */
    public abstract Optional<String> toJson(String text);

    /** Says of the property at {@code path} that it holds something else. */
    public String error(String path) {
        return path + " is no " + typeName + " (expected: " + expected + ")";
    }

    /** A number as JSON spells it: no plus, no leading zeros, digits on both sides of the point. */
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
