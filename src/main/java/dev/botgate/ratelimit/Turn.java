package dev.botgate.ratelimit;

/**
 * A moment at which a request may go.
 *
 * @param ask what it was given for
 * @param reservation what gives it back, see {@link LimitStore#giveBack}
 * @param at by the ticker, and no later than the store counts it
 * @param due by the ticker, and no earlier than the store counts it
 */
record Turn(Ask ask, long reservation, long at, long due) {}
