package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Limit.CompiledWindows;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
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
 * Counts permits in this process, for all of its event loops, under one lock.
 *
 * <p>Scopes that were idle for their longest window are dropped; each new scope checks a few others. A request that
 * would exceed {@code maximumScopes} is refused; if only shadow limits need the new scope, it is admitted uncounted.
 */
public final class MemoryStore implements LimitStore {
    private static final long RETRY_WHEN_FULL = 1_000_000;
    private static final int SWEEP_EVERY = 256;
    private static final int SWEPT = 16;
    private static final int SWEPT_FOR_EACH_NEW = 2;
    private static final int SWEPT_WHEN_FULL = 256;

    private final Ticker ticker;
    private final ThrottleSettings throttled;
    private final int maximumScopes;
    private final ToLongFunction<Limit> closedUntil;
    private final Map<String, AdmissionLog> logs = new HashMap<>();
    private final IdentityHashMap<Limit, CompiledWindows> windows = new IdentityHashMap<>();
    private final Deque<String> sweepOrder = new ArrayDeque<>();
    private final List<Consumer<Cooldown>> listeners = new CopyOnWriteArrayList<>();
    private long latest = Long.MIN_VALUE;
    private int decisions;

    public MemoryStore(Ticker ticker, ThrottleSettings throttled, int maximumScopes) {
        this(ticker, throttled, maximumScopes, limit -> Long.MIN_VALUE);
    }

    /**
     * @param closedUntil the time until which a limit admits nothing, since other gateways may have taken its permits
     */
    public MemoryStore(
            Ticker ticker, ThrottleSettings throttled, int maximumScopes, ToLongFunction<Limit> closedUntil) {
        this.ticker = ticker;
        this.throttled = throttled;
        this.maximumScopes = maximumScopes;
        this.closedUntil = closedUntil;
    }

    @Override
    public Future<Decision> decide(PermitRequest request) {
        return Future.succeededFuture(decideNow(request));
    }

    /** {@link #decide}, for callers that need no future. */
    public Decision decideNow(PermitRequest request) {
        synchronized (logs) {
            long now = now();
            if (++decisions % SWEEP_EVERY == 0) {
                sweep(now, SWEPT);
            }
            AdmissionLog[] found = new AdmissionLog[request.scopes().size()];
            boolean anyNew = false;
            int missing = 0;
            int needed = 0;
            for (int i = 0; i < found.length; i++) {
                Scope scope = request.scopes().get(i);
                AdmissionLog log = logs.get(scope.key());
                if (log == null) {
                    log = newLog(scope.limit());
                    anyNew = true;
                    missing++;
                    needed += scope.limit().limits() ? 1 : 0;
                }
                found[i] = log;
            }
            if (missing > 0 && logs.size() + missing > maximumScopes) {
                sweep(now, SWEPT_WHEN_FULL);
                if (needed > 0 && logs.size() + needed > maximumScopes) {
                    return Decision.refused(RETRY_WHEN_FULL, 0);
                }
            }
            boolean hasRoom = logs.size() + missing <= maximumScopes;
            Decision decision = Planner.decide(request, found, now);
            if (decision.admitted() && anyNew) {
                keep(request, found, hasRoom);
                sweep(now, SWEPT_FOR_EACH_NEW * found.length);
            }
            return decision;
        }
    }

    private void keep(PermitRequest request, AdmissionLog[] found, boolean hasRoom) {
        for (int i = 0; i < found.length; i++) {
            Scope scope = request.scopes().get(i);
            if ((hasRoom || scope.limit().limits()) && logs.get(scope.key()) == null) {
                put(scope.key(), found[i]);
            }
        }
    }

    private void put(String key, AdmissionLog log) {
        logs.put(key, log);
        sweepOrder.addLast(key);
    }

    @Override
    public Future<Void> giveBack(PermitRequest request, long reservation) {
        synchronized (logs) {
            for (Scope scope : request.scopes()) {
                AdmissionLog log = logs.get(scope.key());
                if (log != null && scope.limit().enforced()) {
                    log.remove(reservation);
                } else if (log != null) {
                    log.removeShadow(reservation);
                }
            }
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> throttle(UpstreamThrottle throttle) {
        Cooldown cooldown;
        synchronized (logs) {
            long now = now();
            String key = throttle.scope().key();
            AdmissionLog log = logs.get(key);
            if (log == null) {
                log = newLog(throttle.scope().limit());
                put(key, log);
            }
            log.throttle().apply(throttle, throttled, now);
            if (throttle.cooldown() > 0) {
                // Requests that have their permits are sent or renew them; the others ask again.
                log.removeReservations(now + throttle.scope().limit().lead());
            }
            cooldown = new Cooldown(
                    key,
                    throttle.status(),
                    log.throttle().remaining(now),
                    log.throttle().factor(now));
        }
        listeners.forEach(listener -> listener.accept(cooldown));
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> reset(String key) {
        synchronized (logs) {
            AdmissionLog forgotten = logs.remove(key);
            if (forgotten != null) {
                var unused = sweepOrder.remove(key);
            }
        }
        Cooldown reset = new Cooldown(key, 0, 0, 1);
        listeners.forEach(listener -> listener.accept(reset));
        return Future.succeededFuture();
    }

    @Override
    public void onCooldown(Consumer<Cooldown> listener) {
        listeners.add(listener);
    }

    @Override
    public void onReservationsInvalidated(Runnable listener) {
        // Reservations in memory stay valid.
    }

    @Override
    public Health health() {
        return new Health("memory", "up", 1);
    }

    /** The number of scopes that are kept. */
    public int scopes() {
        synchronized (logs) {
            return logs.size();
        }
    }

    private AdmissionLog newLog(Limit limit) {
        AdmissionLog log = new AdmissionLog(windows.computeIfAbsent(limit, CompiledWindows::new));
        long until = closedUntil.applyAsLong(limit);
        if (until > latest) {
            log.throttle().close(until);
        }
        return log;
    }

    /** The ticker's time; never goes back. */
    private long now() {
        latest = Math.max(latest, ticker.micros());
        return latest;
    }

    /** Checks the next {@code count} scopes, and drops the idle ones. */
    private void sweep(long now, int count) {
        for (int i = Math.min(count, sweepOrder.size()); i > 0; i--) {
            String key = sweepOrder.removeFirst();
            AdmissionLog log = logs.get(key);
            if (log != null && log.idle(now)) {
                logs.remove(key);
            } else if (log != null) {
                sweepOrder.addLast(key);
            }
        }
    }
}
