package dev.botgate.ratelimit;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Counts permits in this process, for all of its event loops.
 *
 * <p>One lock guards everything: a decision holds it for a fraction of a microsecond. Scopes that are idle for their
 * longest window are forgotten, a few looked at in turn with each new one; beyond {@code maximumScopes} a request that
 * needs a new one is refused, never let through uncounted; what only shadow limits would count goes uncounted.
 */
public final class MemoryStore implements LimitStore {
    private static final long FULL_RETRY = 1_000_000;
    private static final int SWEEP_EVERY = 256;
    private static final int SWEPT = 16;
    private static final int SWEPT_FOR_EACH_NEW = 2;
    private static final int SWEPT_WHEN_FULL = 256;

    private final Ticker ticker;
    private final ThrottleSettings throttled;
    private final int maximumScopes;
    private final ToLongFunction<Limit> quietUntil;
    private final Map<String, AdmissionLog> calendars = new HashMap<>();
    private final IdentityHashMap<Limit, CompiledWindows> spans = new IdentityHashMap<>();
    private final Deque<String> inTurn = new ArrayDeque<>();
    private final List<Consumer<Cooldown>> listeners = new CopyOnWriteArrayList<>();
    private long latest = Long.MIN_VALUE;
    private int decisions;

    public MemoryStore(Ticker ticker, ThrottleSettings throttled, int maximumScopes) {
        this(ticker, throttled, maximumScopes, limit -> Long.MIN_VALUE);
    }

    /** @param quietUntil up to which moment nothing of a limit is given, since others may have taken any permit */
    public MemoryStore(Ticker ticker, ThrottleSettings throttled, int maximumScopes, ToLongFunction<Limit> quietUntil) {
        this.ticker = ticker;
        this.throttled = throttled;
        this.maximumScopes = maximumScopes;
        this.quietUntil = quietUntil;
    }

    @Override
    public Future<Decision> decide(PermitRequest ask) {
        return Future.succeededFuture(decideNow(ask));
    }

    /** {@link #decide}, for callers that need no future. */
    public Decision decideNow(PermitRequest ask) {
        synchronized (calendars) {
            long now = now();
            if (++decisions % SWEEP_EVERY == 0) {
                sweep(now, SWEPT);
            }
            AdmissionLog[] found = new AdmissionLog[ask.scopes().size()];
            boolean opens = false;
            int missing = 0;
            int needed = 0;
            for (int i = 0; i < found.length; i++) {
                Scope scope = ask.scopes().get(i);
                AdmissionLog calendar = calendars.get(scope.key());
                if (calendar == null) {
                    calendar = opened(scope.limit());
                    opens = true;
                    missing++;
                    needed += scope.limit().limits() ? 1 : 0;
                }
                found[i] = calendar;
            }
            if (missing > 0 && calendars.size() + missing > maximumScopes) {
                sweep(now, SWEPT_WHEN_FULL);
                if (needed > 0 && calendars.size() + needed > maximumScopes) {
                    return Decision.refused(FULL_RETRY, 0);
                }
            }
            boolean room = calendars.size() + missing <= maximumScopes;
            Decision decision = Planner.decide(ask, found, now);
            if (decision.admitted() && opens) {
                keep(ask, found, room);
                sweep(now, SWEPT_FOR_EACH_NEW * found.length);
            }
            return decision;
        }
    }

    private void keep(PermitRequest ask, AdmissionLog[] found, boolean room) {
        for (int i = 0; i < found.length; i++) {
            Scope scope = ask.scopes().get(i);
            if ((room || scope.limit().limits()) && calendars.get(scope.key()) == null) {
                put(scope.key(), found[i]);
            }
        }
    }

    private void put(String key, AdmissionLog calendar) {
        calendars.put(key, calendar);
        inTurn.addLast(key);
    }

    @Override
    public Future<Void> giveBack(PermitRequest ask, long reservation) {
        synchronized (calendars) {
            for (Scope scope : ask.scopes()) {
                AdmissionLog calendar = calendars.get(scope.key());
                if (calendar != null && scope.limit().enforced()) {
                    calendar.remove(reservation);
                } else if (calendar != null) {
                    calendar.removeShadow(reservation);
                }
            }
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> throttle(UpstreamThrottle throttle) {
        Cooldown closure;
        synchronized (calendars) {
            long now = now();
            String key = throttle.scope().key();
            AdmissionLog calendar = calendars.get(key);
            if (calendar == null) {
                calendar = opened(throttle.scope().limit());
                put(key, calendar);
            }
            calendar.throttle().hear(throttle, throttled, now);
            if (throttle.closed() > 0) {
                // Who has been told of a moment goes; who has not gives it back.
                calendar.removePromises(now + throttle.scope().limit().lead());
            }
            closure = new Cooldown(
                    key,
                    throttle.status(),
                    calendar.throttle().remaining(now),
                    calendar.throttle().factor(now));
        }
        listeners.forEach(listener -> listener.accept(closure));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> reset(String key) {
        synchronized (calendars) {
            AdmissionLog forgotten = calendars.remove(key);
            if (forgotten != null) {
                var unused = inTurn.remove(key);
            }
        }
        Cooldown opened = new Cooldown(key, 0, 0, 1);
        listeners.forEach(listener -> listener.accept(opened));
        return Future.succeededFuture();
    }

    @Override
    public void onClosure(Consumer<Cooldown> listener) {
        listeners.add(listener);
    }

    @Override
    public void onUpheaval(Runnable listener) {
        // What this store promised it keeps.
    }

    @Override
    public Health health() {
        return new Health("memory", "up", 1);
    }

    /** How many scopes are remembered. */
    public int scopes() {
        synchronized (calendars) {
            return calendars.size();
        }
    }

    private AdmissionLog opened(Limit limit) {
        AdmissionLog calendar = new AdmissionLog(spans.computeIfAbsent(limit, CompiledWindows::new));
        long until = quietUntil.applyAsLong(limit);
        if (until > latest) {
            calendar.throttle().close(until);
        }
        return calendar;
    }

    /** The ticker's time, which this makes sure never goes back. */
    private long now() {
        latest = Math.max(latest, ticker.micros());
        return latest;
    }

    /** Forgets what is idle among those whose turn it is. */
    private void sweep(long now, int most) {
        for (int i = Math.min(most, inTurn.size()); i > 0; i--) {
            String key = inTurn.removeFirst();
            AdmissionLog calendar = calendars.get(key);
            if (calendar != null && calendar.idle(now)) {
                calendars.remove(key);
            } else if (calendar != null) {
                inTurn.addLast(key);
            }
        }
    }
}
