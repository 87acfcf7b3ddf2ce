package dev.botgate.exchange;

/** A request whose caller is known; the body is unread. */
public record Identified(RequestHead head, Caller caller, IncomingBody body) {
    /** The same request, its body read and normalized, or ready to be streamed. */
    public Call with(Payload payload) {
        return new Call(head, caller, payload);
    }
}
