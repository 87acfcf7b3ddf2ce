package dev.botgate.cache;

import dev.botgate.exchange.HttpDate;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How old a reply is when it arrives: RFC 9111 sections 4.2.3 and 5.1. */
final class ReplyAge {
    static final String HEADER = "Age";

    private static final String DATE = "Date";

    private static final int MAXIMUM_DIGITS = 9;

    /** Two clocks may differ by as much. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

    private static final Duration MAXIMUM = Duration.ofSeconds(Integer.MAX_VALUE);

    private ReplyAge() {}

    /**
     * The age by the reply's {@code ReplyAge}, or by its {@code Date} where it is greater by that.
     *
     * @param loading how long the reply took to arrive
     * @param arrived the time of day at which it did
     */
    static Duration atArrival(MultiMap headers, Duration loading, Instant arrived) {
        Duration declared = of(headers).plus(loading);
        Duration apparent = HttpDate.read(headers.get(DATE), arrived)
                .map(date -> Duration.between(date, arrived))
                .filter(since -> since.compareTo(CLOCK_SKEW) > 0)
                .orElse(Duration.ZERO);
        Duration age = declared.compareTo(apparent) > 0 ? declared : apparent;
        return age.compareTo(MAXIMUM) < 0 ? age : MAXIMUM;
    }

    /** The declared age, of several the first; zero where there is none, or it is no number of seconds. */
    static Duration of(MultiMap headers) {
        @Nullable String value = headers.get(HEADER);
        String digits = value == null ? "" : value.split(",", 2)[0].strip();
        if (!digits.matches("[0-9]+")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(digits.length() > MAXIMUM_DIGITS ? Integer.MAX_VALUE : Long.parseLong(digits));
    }
}
