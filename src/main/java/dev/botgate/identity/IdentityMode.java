package dev.botgate.identity;

/** What makes a caller known. */
public enum IdentityMode {
    /** The names that the token claims; whoever forwards it to the connector learns there whether they are true. */
    CLAIMED,
    /** Names in a token that a trusted issuer has signed for this audience; other tokens are refused. */
    VERIFIED
}
