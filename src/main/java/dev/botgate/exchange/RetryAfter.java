package dev.botgate.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Retry-After} of RFC 9110 section 10.2.3: seconds, or a date. */
public final class RetryAfter {
    public static final String HEADER = "Retry-After";

    /** About thirty years; longer times count as this. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(999_999_999);

    private static final Pattern SECONDS = Pattern.compile("[0-9]+");

    private RetryAfter() {}

    /** How long {@code value} asks to wait, from {@code now}; empty where it is absent, unreadable, zero or past. */
    public static Optional<Duration> read(@Nullable String value, Instant now) {
        return value == null
                ? Optional.empty()
                : parse(value.strip(), now).filter(wait -> wait.compareTo(Duration.ZERO) > 0);
    }

    private static Optional<Duration> parse(String text, Instant now) {
        if (SECONDS.matcher(text).matches()) {
            String digits = text.replaceFirst("^0+(?=.)", "");
            return Optional.of(digits.length() > 9 ? MAX_WAIT : Duration.ofSeconds(Long.parseLong(digits)));
        }
        return HttpDate.read(text, now).map(until -> Duration.between(now, until));
    }
}
