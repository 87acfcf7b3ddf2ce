package dev.botgate.audit;

import dev.botgate.failure.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The four ways in which an exchange can end. */
public enum Close {
    /** The upstream answered 2xx or 3xx. */
    SUCCEEDED,
    /** The upstream answered 4xx: it understood, and did not do it. */
    REFUSED,
    /** The upstream answered that it failed, or the request certainly never reached it. */
    FAILED,
    /** It may have happened: no reply, half a reply, or one of a proxy that knows no more either. */
    UNKNOWN;

    private static final Map<String, Close> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Close::text, Function.identity()));

    private final String text = name().toLowerCase(Locale.ROOT);

    /** What the upstream's {@code status} means. 502 and 504 come from a proxy before the connector. */
    static Close ofStatus(int status) {
        if (status < 400) {
            return SUCCEEDED;
        }
        if (status < 500) {
            return REFUSED;
        }
        return status == 502 || status == 504 ? UNKNOWN : FAILED;
    }

    /** What the gateway's own {@code failure} means, where {@code begun} tells whether part of the body had been sent. */
    static Close ofFailure(Failure failure, boolean begun) {
        return begun || failure.mayHaveHappened() ? UNKNOWN : FAILED;
    }

    /** How the trail writes it. */
    public String text() {
        return text;
    }

    /** What {@link #text} wrote. */
    public static Close ofText(String text) {
        Close close = BY_TEXT.get(text);
        if (close == null) {
            throw new IllegalArgumentException("close: " + text + " (expected: " + BY_TEXT.keySet() + ")");
        }
        return close;
    }
}
