package dev.botgate.normalize;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What .NET's DataContractSerializer writes of a {@code DateTimeOffset}: a time in UTC, and an offset beside it. */
final class DateTimeOffsets {
    private static final Pattern UTC =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?Z?");
    private static final Pattern MINUTES = Pattern.compile("[+-]?[0-9]{1,4}");
    private static final int MOST_MINUTES = 14 * 60;

    private DateTimeOffsets() {}

    /**
     * The two as ISO 8601, in the time of the offset, every digit of the fraction kept:
     * {@code 2024-01-01T01:02:03.1234567+02:00}. Empty where they are none.
     */
    static Optional<String> join(String dateTime, String offsetMinutes) {
        Matcher utc = UTC.matcher(dateTime.strip());
        if (!utc.matches() || !MINUTES.matcher(offsetMinutes.strip()).matches()) {
            return Optional.empty();
        }
        int offset = Integer.parseInt(offsetMinutes.strip());
        if (Math.abs(offset) > MOST_MINUTES) {
            return Optional.empty();
        }
        try {
            LocalDateTime local = LocalDateTime.parse(utc.group(1)).plusMinutes(offset);
            boolean fourDigits = local.getYear() >= 0 && local.getYear() <= 9999;
            return fourDigits ? Optional.of(text(local, utc.group(2), offset)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String text(LocalDateTime local, String fraction, int offset) {
        return String.format(
                Locale.ROOT,
                "%04d-%02d-%02dT%02d:%02d:%02d%s%s%02d:%02d",
                local.getYear(),
                local.getMonthValue(),
                local.getDayOfMonth(),
                local.getHour(),
                local.getMinute(),
                local.getSecond(),
                fraction == null ? "" : fraction,
                offset < 0 ? "-" : "+",
                Math.abs(offset) / 60,
                Math.abs(offset) % 60);
    }
}
