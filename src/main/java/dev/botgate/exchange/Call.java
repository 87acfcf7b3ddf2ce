package dev.botgate.exchange;

/** A request that is complete: identified, and its payload what the connector understands. */
public record Call(RequestHead head, Caller caller, Payload payload) {
    /** The same call with another payload. */
    public Call with(Payload replacement) {
        return new Call(head, caller, replacement);
    }
}
