package dev.botgate.upstream;

/** What becomes of {@code Forwarded} and {@code X-Forwarded-*} on the way upstream. */
public enum ForwardedPolicy {
    /** What the client sent is dropped, and the gateway's own view is set. */
    REPLACE,
    /** The gateway's own view is added behind what the client sent. */
    APPEND,
    /** What the client sent is dropped, and nothing is set. */
    REMOVE
}
