package dev.botgate.exchange;

/** A request whose head was parsed and routed; its caller is not known yet, and its body is unread. */
public record Arrival(RequestHead head, IncomingBody body) {
    /** The same request with its caller. */
    public Identified by(Caller caller) {
        return new Identified(head, caller, body);
    }
}
