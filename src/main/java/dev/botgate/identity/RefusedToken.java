package dev.botgate.identity;

/** What ends the reading of a token that will not be believed; has no stack trace. */
final class RefusedToken extends Exception {
    private static final long serialVersionUID = 1L;

    private final TokenFault fault;

    RefusedToken(TokenFault fault) {
        super(fault.tag(), null, false, false);
        this.fault = fault;
    }

    TokenFault fault() {
        return fault;
    }
}
