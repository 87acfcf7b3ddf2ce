package dev.botgate.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an exchange that took more than one.
 *
 * @param exchange the intent's identity; together with the number it is the attempt's
 * @param number from 1
 * @param at when it was begun, in whole microseconds
 * @param status what the upstream answered; null when it did not
 * @param error the code of what went wrong: the gateway's own, or the one in the upstream's reply
 * @param latency to its end, in whole microseconds
 */
public record Attempt(
        ExchangeId exchange, int number, Instant at, @Nullable Integer status, @Nullable String error, Duration latency)
        implements TrailRecord {
    public Attempt {
        at = at.truncatedTo(ChronoUnit.MICROS);
        error = SanitizedText.textOrNull(error);
        latency = latency.isNegative() ? Duration.ZERO : latency.truncatedTo(ChronoUnit.MICROS);
    }

    /** The same attempt without what the upstream had named. */
    @Override
    public Attempt withoutNames() {
        return new Attempt(exchange, number, at, status, Outcome.NOT_STORABLE, latency);
    }
}
