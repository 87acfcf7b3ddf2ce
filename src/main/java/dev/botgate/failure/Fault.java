package dev.botgate.failure;

/** Whose fault a failure is; decides how it is logged and counted. */
public enum Fault {
    CLIENT,
    GATEWAY,
    UPSTREAM
}
