package dev.botgate.normalize.xml;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What .NET's DataContractSerializer writes of a {@code DateTimeOffset}: a time in UTC, and an offset beside it. */
final class DateTimeOffsets {
    private static final Pattern UTC =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?Z?");
    private static final Pattern MINUTES = Pattern.compile("[+-]?[0-9]{1,4}");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final int MAX_OFFSET_MINUTES = 14 * 60;

    private static final Pattern LOCAL = Pattern.compile(
            "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(\\.[0-9]{1,9})?([+-])([0-9]{2}):([0-9]{2})");

    /**
     * The two parts.
     *
     * @param dateTime in UTC
     * @param offsetMinutes what is added to it for the local time
     */
    record UtcAndOffset(String dateTime, int offsetMinutes) {}

    private DateTimeOffsets() {}

    /** The pair that {@link #combine} makes exactly {@code text} of; empty where there is none. */
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
     * The two as ISO 8601, in the time of the offset, every digit of the fraction kept:
     * {@code 2024-01-01T01:02:03.1234567+02:00}. Empty where they are none.
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
