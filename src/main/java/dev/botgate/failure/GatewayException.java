package dev.botgate.failure;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure on its way to the client: the verdict, a message that the client may read, and when to come back.
 *
 * <p>Has no stack trace. The message names the offender and what was expected; it never holds a token, a message's text
 * or a member's name.
 */
public final class GatewayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Failure failure;
    private final @Nullable Duration retryAfter;

    public GatewayException(Failure failure, String message) {
        this(failure, message, null, null);
    }

    /** A failure with what caused it, for the log only. */
    public GatewayException(Failure failure, String message, @Nullable Throwable cause) {
        this(failure, message, null, cause);
    }

    /** A failure that is worth another try after {@code retryAfter}, sent as {@code Retry-After} in whole seconds, rounded up. */
    public GatewayException(Failure failure, String message, Duration retryAfter) {
        this(failure, message, retryAfter, null);
    }

    private GatewayException(
            Failure failure, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.failure = failure;
        this.retryAfter = retryAfter;
    }

    public Failure failure() {
        return failure;
    }

    /** How long the client should wait before it tries again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The message, never null. */
    public String text() {
        String message = getMessage();
        return message == null ? failure.code() : message;
    }
}
