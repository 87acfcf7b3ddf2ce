package dev.botgate.exchange;

import java.util.function.BooleanSupplier;

/**
 * An identified request with a payload that the connector understands.
 *
 * @param attempt the number of this attempt, from 1
 * @param clientGone tells, on the request's event loop, whether the client no longer waits for the reply
 * @param permit the permit that the request was admitted with; the first attempt uses it
 */
public record Call(
        RequestHead head, Caller caller, Payload payload, int attempt, BooleanSupplier clientGone, Permit permit) {

    /** The first attempt of a call without a permit, whose client does not disconnect. */
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
    public Call nextAttempt() {
        return new Call(head, caller, payload, attempt + 1, clientGone, permit);
    }
}
