package dev.botgate.audit;

import dev.botgate.failure.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How an exchange ended, or that it has no outcome yet. */
public enum OutcomeStatus {
    /** There is no outcome yet. No {@link Outcome} has this status. */
    OPEN,
    /** The upstream answered 2xx or 3xx. */
    SUCCEEDED,
    /** The upstream answered 4xx: it did nothing. */
    REFUSED,
    /** The upstream answered that it failed, or the request certainly never reached it. */
    FAILED,
    /** It may or may not have taken effect: there was no reply, half a reply, or a 502 or 504 of a proxy. */
    UNKNOWN;

    private static final Map<String, OutcomeStatus> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(OutcomeStatus::text, Function.identity()));

    private final String text = name().toLowerCase(Locale.ROOT);

    /** What the upstream's HTTP status means. 502 and 504 come from a proxy before the connector. */
    static OutcomeStatus ofHttpStatus(int status) {
        if (status < 400) {
            return SUCCEEDED;
        }
        if (status < 500) {
            return REFUSED;
        }
        return status == 502 || status == 504 ? UNKNOWN : FAILED;
    }

    /**
     * What a failure of the gateway's means.
     *
     * @param bodyBegun whether part of the body had been sent
     */
    static OutcomeStatus ofFailure(Failure failure, boolean bodyBegun) {
        return bodyBegun || failure.mayHaveHappened() ? UNKNOWN : FAILED;
    }

    /** The status in lower case, as it is stored and shown. */
    public String text() {
        return text;
    }

    /**
     * The status whose {@link #text} this is, in any letter case.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static OutcomeStatus ofText(String text) {
        OutcomeStatus status = BY_TEXT.get(text.toLowerCase(Locale.ROOT));
        if (status == null) {
            throw new IllegalArgumentException(text + " (expected: "
                    + Arrays.stream(values()).map(OutcomeStatus::text).collect(Collectors.joining(", ")) + ")");
        }
        return status;
    }
}
