package dev.botgate.ratelimit;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * At most {@code permits} in any interval of {@code length}, whenever it begins.
 *
 * @param permits from 1 to 1000000
 * @param length from 1 ms to 7 days
 */
public record Window(int permits, Duration length) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,7})/([0-9]{1,9})(ms|s|m|h|d)");
    private static final Duration MAX_LENGTH = Duration.ofDays(7);

    public Window {
        if (permits < 1 || permits > 1_000_000) {
            throw SettingCheck.refused("windows", permits + " permits", "1 to 1000000");
        }
        if (length.isZero() || length.isNegative() || length.compareTo(MAX_LENGTH) > 0) {
            throw SettingCheck.refused("windows", length, "1ms to 7d");
        }
    }

    /** Windows as settings write them: {@code 7/1s, 8/2s}; none for a blank text. */
    public static List<Window> parse(String text) {
        List<Window> windows = new ArrayList<>();
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            Matcher matcher = TEXT.matcher(part.strip());
            if (!matcher.matches()) {
                throw SettingCheck.refused(
                        "windows", "\"" + text + "\"", "permits per length, separated by commas, such as 7/1s, 60/30s");
            }
            windows.add(new Window(
                    Integer.parseInt(matcher.group(1)), length(Long.parseLong(matcher.group(2)), matcher.group(3))));
        }
        return List.copyOf(windows);
    }

    private static Duration length(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /** The length as in {@code 2s} or {@code 1500ms}. */
    String lengthText() {
        long millis = length.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    @Override
    public String toString() {
        return permits + "/" + lengthText();
    }
}
