package dev.botgate.ratelimit;

/**
 * The right to send one request at a time of the store's choice. Times are by the ticker.
 *
 * @param request what it was made for
 * @param id gives it back, see {@link LimitStore#giveBack}
 * @param sendAt no request is sent by it before
 * @param expiresAt no request is sent by it after
 * @param cooldownsHeard the number of the latest cooldown that was known when it was asked for, see {@link Cooldowns}
 */
record Reservation(PermitRequest request, long id, long sendAt, long expiresAt, long cooldownsHeard) {}
