package dev.botgate.exchange;

import java.util.function.BooleanSupplier;

/**
 * A request that is complete: identified, and its payload what the connector understands.
 *
 * @param attempt which attempt to have it answered this is, from 1
 * @param clientGone tells, on the request's event loop, whether nobody waits for the reply any more
 * @param clearance what this attempt was admitted with
 */
public record Call(
        RequestHead head,
        Caller caller,
        Payload payload,
        int attempt,
        BooleanSupplier clientGone,
        Clearance clearance) {

    /** The first attempt of a call that no limit applies to and whose client stays. */
    public Call(RequestHead head, Caller caller, Payload payload) {
        this(head, caller, payload, 1, () -> false, Clearance.UNLIMITED);
    }

    /** The same call with another payload. */
    public Call with(Payload replacement) {
        return new Call(head, caller, replacement, attempt, clientGone, clearance);
    }

    /** The same call with another head and payload. */
    public Call with(RequestHead otherHead, Payload replacement) {
        return new Call(otherHead, caller, replacement, attempt, clientGone, clearance);
    }

    /** The next attempt of the same call. */
    public Call again() {
        return new Call(head, caller, payload, attempt + 1, clientGone, clearance);
    }

    /** The same attempt, admitted. */
    public Call with(Clearance given) {
        return new Call(head, caller, payload, attempt, clientGone, given);
    }
}
