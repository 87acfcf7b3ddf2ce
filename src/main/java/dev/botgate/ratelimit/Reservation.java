package dev.botgate.ratelimit;

/**
 * A moment at which a request may go.
 *
 * @param ask what it was given for
 * @param reservation what gives it back, see {@link LimitStore#giveBack}
 * @param at by the ticker, and but for the store's {@link Distance} no later than the store counts it
 * @param due by the ticker, and no earlier than the store counts it
 * @param heard the number of the last closure that had been heard when it was asked for, see {@link Cooldowns}
 */
record Reservation(PermitRequest ask, long reservation, long at, long due, long heard) {
    /** By how much whoever goes at {@code now} or when this is due may be later than the store counts it. */
    long lateness(long now) {
        return Math.max(now, due) - at;
    }
}
