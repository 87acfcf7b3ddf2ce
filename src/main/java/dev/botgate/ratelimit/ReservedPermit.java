package dev.botgate.ratelimit;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Permit;
import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.util.Map;

/**
 * A request's permit of every limit that applies to it, for a time a little after it was given, so that body and record can
 * be ready by then. Used on the event loop of its request.
 */
public final class ReservedPermit implements Permit {
    private static final int MAX_RENEWALS = 10;
    private static final long MIN_RENEWAL_MICROS = 1_000_000;

    private enum State {
        RESERVED,
        USED,
        GIVEN_BACK
    }

    private final RateLimits limits;
    private final PermitRequest request;
    private final Decision.Quota quota;
    private final long quotaAt;
    private Reservation reservation;
    private State state = State.RESERVED;
    private int renewals;
    private long renewableUntil;

    /**
     * @param request of the request that goes; {@code reservation} may have been made for another one in the same queue
     * @param quota as it was at {@code quotaAt}
     */
    ReservedPermit(
            RateLimits limits, PermitRequest request, Reservation reservation, Decision.Quota quota, long quotaAt) {
        this.limits = limits;
        this.request = request;
        this.reservation = reservation;
        this.quota = quota;
        this.quotaAt = quotaAt;
    }

    PermitRequest request() {
        return request;
    }

    Reservation reservation() {
        return reservation;
    }

    /**
     * Whether it may be renewed at {@code now}: at most ten times, and only as long after the first time as its request may
     * wait.
     */
    boolean mayBeRenewed(long now) {
        if (renewals == 0) {
            renewableUntil = now + Math.max(MIN_RENEWAL_MICROS, Math.min(request.atMost(), request.longestWait()));
        }
        return renewals < MAX_RENEWALS && now <= renewableUntil;
    }

    /** Takes over the reservation of {@code another}. */
    void renewFrom(ReservedPermit another) {
        reservation = another.reservation;
        state = State.RESERVED;
        renewals++;
    }

    /** The request is sent now. */
    void use() {
        state = State.USED;
    }

    /** Gives the reservation back, unless the request was sent. */
    void giveBackUnused() {
        if (state == State.RESERVED) {
            giveBack();
        }
    }

    /** Gives the reservation back, since nothing was sent. */
    void giveBack() {
        state = State.GIVEN_BACK;
        limits.giveBack(reservation);
    }

    /** {@code reply} with headers that tell what is left of the quota. */
    Reply withQuota(Reply reply) {
        Map<String, String> more = quota();
        if (more.isEmpty()) {
            return reply;
        }
        MultiMap all = Headers.copy(reply.headers());
        more.forEach(all::add);
        return reply.withHeaders(all);
    }

    /** What is left of the quota, as headers of a reply. */
    Map<String, String> quota() {
        return limits.headers(request, state == State.GIVEN_BACK ? quota.withOneMore(request) : quota, quotaAt);
    }

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
}
