package dev.botgate.exchange;

/** What the rate limits gave a request for its way to the connector. Only they know what is in it. */
public interface Permit {
    /** That of a request that the rate limits have not seen. */
    Permit NONE = new Permit() {};
}
