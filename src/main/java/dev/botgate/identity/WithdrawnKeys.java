package dev.botgate.identity;

/** A set of keys of which none is of any use: a mistake of the issuer's, or the end of all keys that it had. */
final class WithdrawnKeys extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    WithdrawnKeys() {
        super("no RSA signature key of 2048 bits or more, with a kid, in it");
    }

    private WithdrawnKeys(String place, WithdrawnKeys cause) {
        super(place + ": " + cause.getMessage(), cause);
    }

    /** The same, found in {@code place}. */
    WithdrawnKeys in(String place) {
        return new WithdrawnKeys(place, this);
    }
}
