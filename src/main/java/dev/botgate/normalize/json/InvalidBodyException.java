package dev.botgate.normalize.json;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;

/**
 * Tells that a body is malformed or exceeds a limit. The message names the position, the property and the expected value; it
 * repeats nothing of the body.
 */
public final class InvalidBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean limitExceeded;

    private InvalidBodyException(String message, boolean limitExceeded) {
        super(message, null, false, false);
        this.limitExceeded = limitExceeded;
    }

    /** A malformed body. Line and column count from 1. */
    public static InvalidBodyException malformed(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), false);
    }

    /** A body that exceeds a limit. Line and column count from 1. */
    public static InvalidBodyException limitExceeded(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), true);
    }

    private static String at(int line, int column, String reason) {
        return "line " + line + ", column " + column + ": " + reason;
    }

    /** Whether the body exceeds a limit. Such a body may be well-formed. */
    public boolean isLimitExceeded() {
        return limitExceeded;
    }

    public GatewayException toGatewayException() {
        return new GatewayException(Failure.MALFORMED_BODY, String.valueOf(getMessage()));
    }
}
