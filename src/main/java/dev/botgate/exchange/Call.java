package dev.botgate.exchange;

import java.util.function.BooleanSupplier;

/**
 * A request that is complete: identified, and its payload what the connector understands.
 *
 * @param attempt which attempt to have it answered this is, from 1
 * @param clientGone tells, on the request's event loop, whether nobody waits for the reply any more
 * @param permit what the request was admitted with; the first attempt uses it
 */
public record Call(
        RequestHead head, Caller caller, Payload payload, int attempt, BooleanSupplier clientGone, Permit permit) {

    /** The first attempt of a call that no limit applies to and whose client stays. */
    public Call(RequestHead head, Caller caller, Payload payload) {
        this(head, caller, payload, 1, () -> false, Permit.NONE);
    }

    /** The same call with another payload. */
    public Call with(Payload replacement) {
        return new Call(head, caller, replacement, attempt, clientGone, permit);
    }

    /** The same call with another head and payload. */
    public Call with(RequestHead otherHead, Payload replacement) {
        return new Call(otherHead, caller, replacement, attempt, clientGone, permit);
    }

    /** The next attempt of the same call. */
    public Call again() {
        return new Call(head, caller, payload, attempt + 1, clientGone, permit);
    }
}
