package dev.botgate.config;

import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parser of one type of setting.
 *
 * @param expected what the text should be, for messages
 * @param parser from the text to the value; empty when the text is not as expected
 */
record ScalarSetting(String expected, Function<String, Optional<Object>> parser) {
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final Pattern BYTES = Pattern.compile("([0-9]+) ?(B|KiB|MiB|GiB)?");
    private static final Pattern DURATION = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    /** The parser of {@code boxedOrNot}; a whole number may have a unit if the name of its component ends in {@code Bytes}. */
    static ScalarSetting of(Class<?> boxedOrNot, String component) {
        Class<?> type = MethodType.methodType(boxedOrNot).unwrap().returnType();
        boolean bytes = component.endsWith("Bytes");
        if (type == int.class || type == Integer.class) {
            return bytes
                    ? scalar("bytes, such as 65536, 64KiB or 16MiB, below 2GiB", text -> Math.toIntExact(bytes(text)))
                    : scalar("a whole number", text -> Math.toIntExact(integer(text)));
        }
        if (type == long.class) {
            return bytes
                    ? scalar("bytes, such as 65536, 64KiB or 16MiB", ScalarSetting::bytes)
                    : scalar("a whole number", ScalarSetting::integer);
        }
        if (type == double.class) {
            return scalar(
                    "a number", text -> Double.valueOf(matched(DECIMAL, text).group()));
        }
        if (type == boolean.class) {
            return scalar("true or false", ScalarSetting::truth);
        }
        if (type == String.class) {
            return scalar("text", text -> text);
        }
        if (type == Duration.class) {
            return scalar("a duration, such as 500ms, 5s, 2m, 1h, 1d or PT5S", ScalarSetting::duration);
        }
        if (type == URI.class) {
            return scalar("a URL", ScalarSetting::uri);
        }
        if (type == Path.class) {
            return scalar(
                    FileNames.localeIsUtf8() ? "a path" : "a path in ASCII, unless you " + FileNames.REMEDY,
                    ScalarSetting::path);
        }
        if (type.isEnum()) {
            return choice(type);
        }
        throw new IllegalStateException("No parser of " + type.getName() + " for " + component);
    }

    private static ScalarSetting scalar(String expected, Function<String, Object> parser) {
        return new ScalarSetting(expected, text -> {
            try {
                return Optional.of(parser.apply(text));
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
                return Optional.empty();
            }
        });
    }

    private static ScalarSetting choice(Class<?> type) {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            byName.put(kebab(((Enum<?>) constant).name()), constant);
        }
        return new ScalarSetting(
                "one of " + String.join(", ", byName.keySet()), text -> Optional.ofNullable(byName.get(kebab(text))));
    }

    private static String kebab(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return matcher;
    }

    private static long integer(String text) {
        return Long.parseLong(matched(INTEGER, text).group());
    }

    private static long bytes(String text) {
        Matcher matcher = matched(BYTES, text);
        String unit = Optional.ofNullable(matcher.group(2)).orElse("B");
        int shift = 10 * "BKMG".indexOf(unit.charAt(0));
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    }

    private static Duration duration(String text) {
        if (text.regionMatches(true, 0, "P", 0, 1)) {
            return Duration.parse(text);
        }
        Matcher matcher = matched(DURATION, text);
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new InvalidPathException(text, "blank");
        }
        return FileNames.path(text);
    }
}
