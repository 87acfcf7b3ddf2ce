package dev.botgate.ratelimit;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Permit;
import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.util.Map;

/**
 * A request's permit of every limit that applies to it. It is valid from a time shortly after it was given, so that
 * body and record are ready by then. Used on the event loop of its request.
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
    private final long quotaMeasuredAt;
    private Reservation reservation;
    private State state = State.RESERVED;
    private int renewals;
    private long renewableUntil;

    /**
     * @param request the admitted request; {@code reservation} may have been made for another one in the same queue
     * @param quota as measured at {@code quotaMeasuredAt}
     */
    ReservedPermit(
            RateLimits limits,
            PermitRequest request,
            Reservation reservation,
            Decision.Quota quota,
            long quotaMeasuredAt) {
        this.limits = limits;
        this.request = request;
        this.reservation = reservation;
        this.quota = quota;
        this.quotaMeasuredAt = quotaMeasuredAt;
    }

    PermitRequest request() {
        return request;
    }

    Reservation reservation() {
        return reservation;
    }

    /**
     * Whether it may be renewed at {@code now}: at most ten times, and only within the request's maximum wait after the
     * first renewal.
     */
    boolean mayBeRenewed(long now) {
        if (renewals == 0) {
            renewableUntil = now + Math.max(MIN_RENEWAL_MICROS, Math.min(request.clientWait(), request.maximumWait()));
        }
        return renewals < MAX_RENEWALS && now <= renewableUntil;
    }

    /** Takes the reservation of {@code replacement}. */
    void renewFrom(ReservedPermit replacement) {
        reservation = replacement.reservation;
        state = State.RESERVED;
        renewals++;
    }

    /** Marks the permit as used: the request is sent now. */
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

    /** {@code reply} with the quota headers. */
    Reply withQuota(Reply reply) {
        Map<String, String> added = quota();
        if (added.isEmpty()) {
            return reply;
        }
        MultiMap all = Headers.copy(reply.headers());
        added.forEach(all::add);
        return reply.withHeaders(all);
    }

    /** The quota headers of a reply. */
    Map<String, String> quota() {
        return limits.headers(request, state == State.GIVEN_BACK ? quota.withOneMore(request) : quota, quotaMeasuredAt);
    }

    /**
     * The right to send one request at a time that the store chose. Times are the ticker's.
     *
     * @param request the request that it was made for
     * @param id the id for {@link LimitStore#giveBack}
     * @param sendAt the earliest time to send a request
     * @param expiresAt the latest time to send a request
     * @param latestCooldown the number of the latest known cooldown when the store was asked, see {@link Cooldowns}
     */
    record Reservation(PermitRequest request, long id, long sendAt, long expiresAt, long latestCooldown) {}
}
