package dev.botgate.failure;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that becomes a reply: its kind, a message for the client, and when to retry.
 *
 * <p>Has no stack trace. The message names the offender and what was expected; it never contains a token, a message's text
 * or a member's name.
 */
public class GatewayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;
    private final @Nullable Duration retryAfter;
    private final transient Map<String, String> headers;
    private final boolean unsent;

    public GatewayException(Failure failure, String message) {
        this(failure, message, null, Map.of(), null, false);
    }

    /** A failure with its cause, which is only logged. */
    public GatewayException(Failure failure, String message, @Nullable Throwable cause) {
        this(failure, message, null, Map.of(), cause, false);
    }

    /** A failure that is worth another try after {@code retryAfter}, sent as {@code Retry-After} in whole seconds, rounded up. */
    public GatewayException(Failure failure, String message, Duration retryAfter) {
        this(failure, message, retryAfter, Map.of(), null, false);
    }

    /** A failure worth another try, whose reply carries {@code headers} besides {@code Retry-After}. */
    public GatewayException(Failure failure, String message, Duration retryAfter, Map<String, String> headers) {
        this(failure, message, retryAfter, headers, null, false);
    }

    /** The same failure again, for a subclass that adds to it. */
    protected GatewayException(GatewayException same) {
        this(same.failure, same.text(), same.retryAfter, same.headers, same.getCause(), same.unsent);
    }

    private GatewayException(
            Failure failure,
            String message,
            @Nullable Duration retryAfter,
            Map<String, String> headers,
            @Nullable Throwable cause,
            boolean unsent) {
        super(message, cause, false, false);
        FatalErrors.report(cause);
        this.failure = failure;
        this.retryAfter = retryAfter;
        this.headers = Map.copyOf(headers);
        this.unsent = unsent;
    }

    public Failure failure() {
        return failure;
    }

    /** How long the client should wait before it tries again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** More headers of the reply, name to value. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The message, never null. */
    public String text() {
        String message = getMessage();
        return message == null ? failure.code() : message;
    }

    /** The same failure, whose reply also carries {@code more}. */
    public GatewayException with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(headers);
        all.putAll(more);
        return new GatewayException(failure, text(), retryAfter, all, getCause(), unsent);
    }

    /** The same failure, of a request of which nothing was sent to the connector. */
    public GatewayException withNothingSent() {
        return new GatewayException(failure, text(), retryAfter, headers, getCause(), true);
    }

    /** Whether it is certain that nothing of the request was sent to the connector. */
    public boolean nothingSent() {
        return unsent || failure == Failure.UPSTREAM_UNREACHABLE || failure == Failure.UPSTREAM_BUSY;
    }
}
