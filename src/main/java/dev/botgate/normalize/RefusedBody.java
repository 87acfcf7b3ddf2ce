package dev.botgate.normalize;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;

/**
 * What is wrong with a body, and where. The reason names properties of the schema and what was expected, and nothing
 * that the body holds.
 */
final class RefusedBody extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean limit;

    private RefusedBody(String message, boolean limit) {
        super(message, null, false, false);
        this.limit = limit;
    }

    /** A body that is malformed at a place; both numbers count from 1. */
    static RefusedBody malformed(int line, int column, String reason) {
        return new RefusedBody(at(line, column, reason), false);
    }

    /** A body that is beyond a limit at a place; both numbers count from 1. */
    static RefusedBody limit(int line, int column, String reason) {
        return new RefusedBody(at(line, column, reason), true);
    }

    private static String at(int line, int column, String reason) {
        return "line " + line + ", column " + column + ": " + reason;
    }

    /** Whether the body may be well-formed, but is more than is taken. */
    boolean isLimit() {
        return limit;
    }

    GatewayException asFailure() {
        return new GatewayException(Failure.MALFORMED_BODY, String.valueOf(getMessage()));
    }
}
