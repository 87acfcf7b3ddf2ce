package dev.botgate.normalize.json;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;

/**
 * A body is malformed or exceeds a limit. The message names the position, the property and the expected value; it
 * repeats nothing of the body.
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

    /** A malformed body. Line and column count from 1. */
    public static InvalidBodyException malformed(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), false, 0);
    }

    /** A body that exceeds a limit. Line and column count from 1. */
    public static InvalidBodyException limitExceeded(int line, int column, String reason) {
        return new InvalidBodyException(at(line, column, reason), true, 0);
    }

    private static String at(int line, int column, String reason) {
        return "line " + line + ", column " + column + ": " + reason;
    }

    /** Whether the body exceeds a limit. Such a body may be well-formed. */
    public boolean isLimitExceeded() {
        return limitExceeded;
    }

    /** A copy that also says how many bytes of the document were available from the error's position on. */
    InvalidBodyException bytesAfter(int bytes) {
        return new InvalidBodyException(String.valueOf(getMessage()), limitExceeded, bytes);
    }

    /** How many bytes of the document were available from the error's position on; 0 where nobody set it. */
    int bytesAfter() {
        return bytesAfter;
    }

    public GatewayException toGatewayException() {
        return new GatewayException(Failure.MALFORMED_BODY, String.valueOf(getMessage()));
    }
}
