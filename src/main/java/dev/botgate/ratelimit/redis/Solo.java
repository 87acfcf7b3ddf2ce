package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Ask;
import dev.botgate.ratelimit.Closure;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.ShareStore;
import dev.botgate.ratelimit.Throttle;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.WhenGone;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway decides without Redis, and beside it while the fleet settles.
 *
 * <p>When Redis goes, nobody knows what others just admitted: a scope stays quiet for its longest window, {@code hold} at
 * most, and then this gateway's share of it is given. When Redis comes back, it does not know what the gateways admitted
 * meanwhile: for {@code hold} a request needs a permit of both. So no window up to {@code hold} is ever exceeded. A
 * gateway that does not know how many share the limits refuses. Safe on any thread.
 */
final class Solo {
    private static final long RETRY = 1_000_000;
    private static final int MOST_CLOSURES = 10_000;

    private final RateLimitSettings settings;
    private final Ticker ticker;
    private final Map<String, Long> closedUntil = new ConcurrentHashMap<>();
    private volatile @Nullable ShareStore shares;
    private volatile int gateways;
    private volatile boolean admitted;
    private volatile long settleUntil = Long.MIN_VALUE;
    private volatile boolean own;

    Solo(RateLimitSettings settings, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
    }

    /** How many gateways were alive at the last heartbeat. */
    void alive(int count) {
        gateways = settling() ? Math.max(gateways, count) : count;
    }

    int gateways() {
        return gateways;
    }

    /** Redis has gone. */
    void begin() {
        own = true;
        shares = gateways == 0 ? null : shares(ticker.micros());
    }

    /** Redis has come back; shares are kept for {@code micros} more. */
    void end(long micros) {
        own = false;
        admitted = false;
        settleFor(micros);
    }

    /** The fleet settles, as Redis says. */
    void settle() {
        settleFor(Limit.micros(settings.redis().hold()));
    }

    void settleFor(long micros) {
        if (micros <= 0) {
            shares = null;
        } else if (shares == null) {
            shares = shares(Long.MIN_VALUE);
        }
        settleUntil = micros > 0 ? ticker.micros() + micros : Long.MIN_VALUE;
    }

    boolean settling() {
        return settleUntil != Long.MIN_VALUE && ticker.micros() < settleUntil;
    }

    /** Whether anything was admitted that Redis does not know of. */
    boolean hasAdmitted() {
        return admitted;
    }

    private ShareStore shares(long quietFrom) {
        return new ShareStore(
                Math.max(1, gateways),
                settings.redis().hold(),
                new MemoryStore(ticker, settings.throttled(), settings.maximumScopes(), quietFrom));
    }

    Decision decide(Ask ask) {
        WhenGone whenGone = settings.redis().whenGone();
        Decision closed = closed(ask);
        if (closed != null) {
            return closed;
        }
        if (!ask.limited()) {
            return Decision.free();
        }
        if (whenGone == WhenGone.OPEN) {
            admitted = true;
            return Decision.free();
        }
        return whenGone == WhenGone.REFUSE ? Decision.refused(RETRY, 0) : ofShare(ask);
    }

    /** Asks for a permit of this gateway's share. */
    Decision ofShare(Ask ask) {
        ShareStore present = shares;
        if (present == null) {
            return Decision.refused(RETRY, 0);
        }
        Decision decision = present.decide(ask);
        admitted |= own && decision.admitted();
        return decision;
    }

    /** Forgets what is counted of a scope, and its closure. */
    void reset(String key) {
        ShareStore present = shares;
        if (present != null) {
            present.reset(key);
        }
        closedUntil.remove(key);
    }

    private @Nullable Decision closed(Ask ask) {
        long now = ticker.micros();
        for (int i = 0; i < ask.scopes().size(); i++) {
            Long until = closedUntil.get(ask.scopes().get(i).key());
            if (until != null && until > now) {
                return Decision.refused(until - now, i);
            }
        }
        return null;
    }

    void giveBack(Ask ask, long reservation) {
        ShareStore present = shares;
        if (present != null && reservation != 0) {
            present.giveBack(ask, reservation);
        }
    }

    void throttle(Throttle throttle) {
        ShareStore present = shares;
        if (present != null) {
            present.throttle(throttle);
        }
    }

    /** Remembers a closure, for when Redis cannot be asked. */
    void heard(Closure closure) {
        long now = ticker.micros();
        closedUntil.values().removeIf(until -> closedUntil.size() >= MOST_CLOSURES && until <= now);
        if (closure.opened()) {
            closedUntil.remove(closure.key());
        } else if (closure.remaining() > 0 && closedUntil.size() < MOST_CLOSURES) {
            // A later word may be about a request that was sent earlier: it never opens.
            closedUntil.merge(closure.key(), now + closure.remaining(), Math::max);
        }
    }
}
