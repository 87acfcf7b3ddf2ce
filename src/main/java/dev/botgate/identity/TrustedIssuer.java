package dev.botgate.identity;

/** An issuer whose tokens are believed when one of its keys has signed them. */
record TrustedIssuer(IssuerName name, KeySource source) {}
