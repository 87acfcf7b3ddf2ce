package dev.botgate.identity;

/** What ends the reading of a token that will not be believed; has no stack trace. */
final class TokenRejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TokenRejection fault;

    TokenRejectedException(TokenRejection fault) {
        super(fault.tag(), null, false, false);
        this.fault = fault;
    }

    TokenRejection fault() {
        return fault;
    }
}
