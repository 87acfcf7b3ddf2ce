package dev.botgate.ratelimit;

import dev.botgate.exchange.Clearance;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import java.util.Map;

/**
 * The right to send one request upstream.
 *
 * <p>It is for a moment, and the connector counts arrivals. It is told a little before that moment, so that a request can
 * be made ready by then. One that is ready later than half of the limits' margin, since its body, its record or its
 * connection took their time, or the store's answer did, gives it back and takes another, a few times at most; so does one
 * whose scope the upstream closed meanwhile. One under which nothing was sent is given back when its attempt has ended.
 * Used on the event loop of its request.
 */
public final class Permit implements Clearance {
    private static final int MOST_EXCHANGES = 10;
    private static final long LEAST_PATIENCE = 1_000_000;
    private static final Future<Boolean> GOES = Future.succeededFuture(true);

    private enum State {
        HELD,
        USED,
        GIVEN_BACK
    }

    private final RateLimits limits;
    private final PermitRequest ask;
    private final Decision.Quota quota;
    private final long toldAt;
    private Reservation turn;
    private State state = State.HELD;
    private int exchanged;
    private long exchangedUntil;
    private Future<Void> renewal = Future.succeededFuture();

    /** @param ask of the request that goes; {@code turn} may have been given for another that waited for the same */
    Permit(RateLimits limits, PermitRequest ask, Reservation turn, Decision.Quota quota, long toldAt) {
        this.limits = limits;
        this.ask = ask;
        this.turn = turn;
        this.quota = quota;
        this.toldAt = toldAt;
    }

    /** What its request asked for. */
    PermitRequest ask() {
        return ask;
    }

    Reservation turn() {
        return turn;
    }

    /**
     * Whether it may be exchanged at {@code now}, when it is too old: ten times, and for as long as its request may be made
     * to wait once more, since the first.
     */
    boolean mayBeExchanged(long now) {
        if (exchanged == 0) {
            exchangedUntil = now + Math.max(LEAST_PATIENCE, Math.min(ask.atMost(), ask.longestWait()));
        }
        return exchanged < MOST_EXCHANGES && now <= exchangedUntil;
    }

    /** Stands for {@code another} from now on. */
    void exchangeFor(Permit another) {
        turn = another.turn;
        state = State.HELD;
        exchanged++;
    }

    /** Whether its {@link #turn} may still be used. */
    boolean isHeld() {
        return state == State.HELD;
    }

    /** Gives its {@link #turn} back, unless that was used or given back before. */
    void giveBack() {
        if (isHeld()) {
            state = State.GIVEN_BACK;
            limits.giveBack(turn);
        }
    }

    @Override
    public void sent() {
        state = State.USED;
    }

    @Override
    public void ended() {
        giveBack();
    }

    @Override
    public Future<Void> renewed() {
        if (renewal.isComplete()) {
            renewal = limits.renewed(this, () -> {});
        }
        return renewal;
    }

    @Override
    public Future<Boolean> last() {
        Promise<Boolean> goes = Promise.promise();
        renewal = limits.renewed(this, () -> goes.tryComplete(false));
        if (renewal.succeeded()) {
            return GOES;
        }
        renewal.onComplete(done -> goes.tryComplete(true), goes::tryFail);
        return goes.future();
    }

    /** Hears what the upstream answered to the request that this permit was for: its 429 or 412 is heard by the fleet. */
    public void heard(Reply reply) {
        limits.hear(ask, reply);
    }

    /** {@code reply} with what is left of the quota. */
    public Reply tell(Reply reply) {
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
        return limits.headers(ask, state == State.GIVEN_BACK ? quota.withOneMore(ask) : quota, toldAt);
    }
}
