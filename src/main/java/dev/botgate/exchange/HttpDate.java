package dev.botgate.exchange;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code HTTP-date} of RFC 9110 section 5.6.7, in its three forms. The day of the week is not compared with the date. */
public final class HttpDate {
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
    private static final String MONTH = "(?<month>" + String.join("|", MONTHS) + ")";
    private static final String TIME = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";

    /** IMF-fixdate, that of RFC 850, and that of C's {@code asctime}. */
    private static final List<Pattern> FORMS = List.of(
            Pattern.compile(DAY + ", (?<day>[0-9]{2}) " + MONTH + " (?<year>[0-9]{4}) " + TIME + " GMT"),
            Pattern.compile(LONG_DAY + ", (?<day>[0-9]{2})-" + MONTH + "-(?<year>[0-9]{2}) " + TIME + " GMT"),
            Pattern.compile(DAY + " " + MONTH + " (?<day>[ 0-9][0-9]) " + TIME + " (?<year>[0-9]{4})"));

    private static final int CENTURY = 100;

    private HttpDate() {}

    /**
     * The time that {@code value} states; empty if it is absent or has none of these forms.
     *
     * @param near a year of two digits is taken to be at most 50 years after this
     */
    public static Optional<Instant> read(@Nullable String value, Instant near) {
        if (value == null) {
            return Optional.empty();
        }
        String text = value.strip();
        return FORMS.stream()
                .map(form -> form.matcher(text))
                .filter(Matcher::matches)
                .findFirst()
                .flatMap(date -> moment(date, near));
    }

    private static Optional<Instant> moment(Matcher date, Instant near) {
        try {
            String year = date.group("year");
            int seconds = number(date, "second");
            // The 61st is a leap second, which this calendar does not know.
            if (seconds > 60) {
                return Optional.empty();
            }
            LocalDateTime minute = LocalDateTime.of(
                    number(date, "year"),
                    MONTHS.indexOf(date.group("month")) + 1,
                    number(date, "day"),
                    number(date, "hour"),
                    number(date, "minute"));
            LocalDateTime moment = minute.plusSeconds(seconds);
            return Optional.of((year.length() == 2 ? inItsCentury(moment, near) : moment).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    private static LocalDateTime inItsCentury(LocalDateTime ofYear0To99, Instant near) {
        LocalDateTime latest = LocalDateTime.ofInstant(near, ZoneOffset.UTC).plusYears(CENTURY / 2);
        LocalDateTime moment = ofYear0To99.plusYears((long) latest.getYear() / CENTURY * CENTURY);
        return moment.isAfter(latest) ? moment.minusYears(CENTURY) : moment;
    }

    private static int number(Matcher date, String group) {
        return Integer.parseInt(date.group(group).strip());
    }
}
