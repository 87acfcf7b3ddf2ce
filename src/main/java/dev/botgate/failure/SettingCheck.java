package dev.botgate.failure;

import java.time.Duration;
import java.util.Locale;

/**
 * Checks of settings: a failed check throws an {@link IllegalArgumentException} that names the setting, its value, and what was expected, such as {@code port: 70000 (expected: 0 to 65535)}.
 */
public final class SettingCheck {
    private SettingCheck() {}

    /** Checks that {@code value} lies between the bounds, both included. */
    public static void between(String name, long value, long minimum, long maximum) {
        if (value < minimum || value > maximum) {
            throw refused(name, value, minimum + " to " + maximum);
        }
    }

    /** Checks that {@code value} is at least {@code minimum}. */
    public static void atLeast(String name, long value, long minimum) {
        if (value < minimum) {
            throw refused(name, value, ">= " + minimum);
        }
    }

    /** Checks that {@code value} is above zero. */
    public static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw refused(name, text(value), "a duration above zero, such as 500ms or 30s");
        }
    }

    /** Checks that {@code value} is not negative. */
    public static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw refused(name, text(value), "a duration of zero or more, such as 500ms or 30s");
        }
    }

    /** Checks that {@code value} is not blank. */
    public static void notBlank(String name, String value) {
        if (value.isBlank()) {
            throw refused(name, "\"" + value + "\"", "some text");
        }
    }

    /** The exception for a value that is refused for another reason. */
    public static IllegalArgumentException refused(String name, Object value, String expected) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }

    /** {@code duration} as it is written in settings: {@code 90s}, {@code 500ms}. */
    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? String.format(Locale.ROOT, "%ds", duration.toSeconds())
                : String.format(Locale.ROOT, "%dms", duration.toMillis());
    }
}
