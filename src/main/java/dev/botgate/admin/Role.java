package dev.botgate.admin;

/** What a token is good for. */
public enum Role {
    /** Reads the trail: {@code /audit}. */
    AUDITOR,
    /** All of the operator's listener but the trail. */
    OPERATOR
}
