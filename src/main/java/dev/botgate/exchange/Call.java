package dev.botgate.exchange;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A request that is complete: identified, and its payload what the connector understands.
 *
 * @param attempt which attempt to have it answered this is, from 1
 * @param clientGone tells, on the request's event loop, whether nobody waits for the reply any more
 * @param attempts is told on the request's event loop of each attempt that has ended, and does not throw
 */
public record Call(
        RequestHead head,
        Caller caller,
        Payload payload,
        int attempt,
        BooleanSupplier clientGone,
        Consumer<EndedAttempt> attempts) {

    /** The first attempt of a call whose client stays, and of whose attempts nobody wants to hear. */
    public Call(RequestHead head, Caller caller, Payload payload) {
        this(head, caller, payload, () -> false);
    }

    Call(RequestHead head, Caller caller, Payload payload, BooleanSupplier clientGone) {
        this(head, caller, payload, 1, clientGone, ended -> {});
    }

    /** The same call with another payload. */
    public Call with(Payload replacement) {
        return new Call(head, caller, replacement, attempt, clientGone, attempts);
    }

    /** The same call, of whose attempts {@code listener} hears. */
    public Call toldTo(Consumer<EndedAttempt> listener) {
        return new Call(head, caller, payload, attempt, clientGone, listener);
    }

    /** The next attempt of the same call. */
    public Call again() {
        return new Call(head, caller, payload, attempt + 1, clientGone, attempts);
    }
}
