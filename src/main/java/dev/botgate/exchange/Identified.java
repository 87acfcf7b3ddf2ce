package dev.botgate.exchange;

/** A request whose caller is known; the body is unread. */
public record Identified(RequestHead head, Caller caller, IncomingBody body) {
    /** The same request, its body read and normalized, or ready to be streamed. */
    public Call with(Payload payload) {
        return new Call(head, caller, payload, body::clientGone);
    }

    /** The same request, to be carried out whether its client stays or leaves, since others wait for the reply too. */
    public Identified forOthersToo() {
        return new Identified(head, caller, new SharedBody(body));
    }
}
