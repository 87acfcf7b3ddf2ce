package dev.botgate.cache;

import io.vertx.core.MultiMap;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code Age} that a reply declares: RFC 9111 section 5.1. */
final class Age {
    static final String HEADER = "Age";

    private static final int MAXIMUM_DIGITS = 9;

    private Age() {}

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
