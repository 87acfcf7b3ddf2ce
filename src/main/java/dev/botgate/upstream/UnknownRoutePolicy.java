package dev.botgate.upstream;

/** What becomes of what lies under {@code /v3/conversations} and is no known route. */
public enum UnknownRoutePolicy {
    /** It passes through, under the limits of what the connector may take it for. */
    PASS,
    /** It is refused with 404. */
    REFUSE
}
