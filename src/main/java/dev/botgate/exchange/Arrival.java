package dev.botgate.exchange;

/** A request whose head was parsed and routed; nobody knows yet who calls, and the body is unread. */
public record Arrival(RequestHead head, IncomingBody body) {
    /** The same request, its caller known. */
    public Identified by(Caller caller) {
        return new Identified(head, caller, body);
    }
}
