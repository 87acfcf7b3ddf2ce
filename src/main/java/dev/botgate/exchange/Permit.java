package dev.botgate.exchange;

/** The permission of the rate limits to send a request. Only they know its content. */
public interface Permit {
    /** The permit of a request that the rate limits have not seen. */
    Permit NONE = new Permit() {};
}
