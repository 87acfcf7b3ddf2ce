package dev.botgate.normalize.xml;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts times to and from the two elements that .NET's DataContractSerializer writes for a {@code DateTimeOffset}.
 */
final class DateTimeOffsets {
    private static final Pattern UTC =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?Z?");
    private static final Pattern MINUTES = Pattern.compile("[+-]?[0-9]{1,4}");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final int MAX_OFFSET_MINUTES = 14 * 60;

    private static final Pattern LOCAL = Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?([+-])([0-9]{2}):([0-9]{2})");

    /**
     * The content of the two elements.
     *
     * @param dateTime the time in UTC
     * @param offsetMinutes the local time minus UTC
     */
    record UtcAndOffset(String dateTime, int offsetMinutes) {}

    private DateTimeOffsets() {}

    /** Splits {@code text}; empty where {@link #combine} would not restore exactly {@code text}. */
    static Optional<UtcAndOffset> split(String text) {
        Matcher local = LOCAL.matcher(text);
        if (!local.matches()) {
            return Optional.empty();
        }
        int minutes = Integer.parseInt(local.group(4)) * 60 + Integer.parseInt(local.group(5));
        int offset = local.group(3).equals("-") ? -minutes : minutes;
        try {
            LocalDateTime utc = LocalDateTime.parse(local.group(1)).minusMinutes(offset);
            String fraction = local.group(2) == null ? "" : local.group(2);
            UtcAndOffset pair = new UtcAndOffset(SECONDS.format(utc) + fraction + "Z", offset);
            return combine(pair.dateTime(), Integer.toString(offset))
                    .filter(text::equals)
                    .map(same -> pair);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * The local time in ISO 8601 with all digits of the fraction, such as {@code 2024-01-01T01:02:03.1234567+02:00};
     * empty where the arguments are no valid time and offset.
     */
    static Optional<String> combine(String dateTime, String offsetMinutes) {
        Matcher utc = UTC.matcher(dateTime.strip());
        if (!utc.matches() || !MINUTES.matcher(offsetMinutes.strip()).matches()) {
            return Optional.empty();
        }
        int offset = Integer.parseInt(offsetMinutes.strip());
        if (Math.abs(offset) > MAX_OFFSET_MINUTES) {
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
        return SECONDS.format(local)
                + (fraction == null ? "" : fraction)
                + (offset == 0
                        ? "+00:00"
                        : ZoneOffset.ofTotalSeconds(offset * 60).getId());
    }
}
