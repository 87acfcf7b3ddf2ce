package dev.botgate.normalize.json;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;

/**
 * What is wrong with a body, and where. The reason names properties of the schema and what was expected, and nothing
 * that the body holds.
 */
public final class InvalidBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean limitExceeded;
    private final int bytesAfter;

    private InvalidBodyException(String message, boolean limitExceeded, int bytesAfter) {
        super(message, null, false, false);
        this.limitExceeded = limitExceeded;
        this.bytesAfter = bytesAfter;
    }

    /** A body that is malformed at a place; both numbers count from 1. */
    public static InvalidBodyException malformed(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), false, 0);
    }

    /** A body that is beyond a limit at a place; both numbers count from 1. */
    public static InvalidBodyException limitExceeded(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), true, 0);
    }

    private static String at(int line, int column, String reason) {
        return "line " + line + ", column " + column + ": " + reason;
    }

    /** Whether the body may be well-formed, but is more than is taken. */
    public boolean isLimitExceeded() {
        return limitExceeded;
    }

    /** The same, found where so many bytes of what was looked at stand from that place on. */
    InvalidBodyException bytesAfter(int bytes) {
        return new InvalidBodyException(String.valueOf(getMessage()), limitExceeded, bytes);
    }

    /** From its place on, how many bytes of what was looked at stand; 0 where that was not told. */
    int bytesAfter() {
        return bytesAfter;
    }

    public GatewayException toGatewayException() {
        return new GatewayException(Failure.MALFORMED_BODY, String.valueOf(getMessage()));
    }
}
