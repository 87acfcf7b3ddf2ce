package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Decision.Quota;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Counts permits in this process, which cannot know what the one before it admitted, and so begins gently.
 *
 * <p>Of windows up to {@code quietStart} nothing is given until they have passed since this process began: they hold,
 * whatever went before. Longer ones give a tenth at a time until they have passed, {@code 1800/3600s} as {@code
 * 180/360s}: they hold to within a tenth where what went before was even, and up to twice of one may go where it was used
 * up just then. A limit in shadow mode begins as it goes on: it tells what its windows alone would do. Who is refused is told when that ends, if it is sooner. Safe on any thread; until all has passed one lock
 * guards decisions, since to look at what comes after takes permits for a moment.
 */
public final class GentleStart implements LimitStore {
    private static final int PARTS = 10;

    private final Ticker ticker;
    private final MemoryStore store;
    private final long began;
    private final Duration quiet;
    /** When the last part has passed; what is quiet without parts the store itself knows. */
    private final long over;

    private final Map<Limit, List<Part>> parts = Collections.synchronizedMap(new IdentityHashMap<>());
    private final Set<Limit> partLimits =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final Set<String> reset = ConcurrentHashMap.newKeySet();

    /** What is kept besides a limit until its window of that index has passed. */
    private record Part(Limit limit, int window, long until) {
        Scope scope(String key) {
            return new Scope(limit, "start-" + window + ":" + key);
        }
    }

    /** A part, and the index of the scope besides which it is kept. */
    private record StandsIn(int scope, Part part) {}

    /** @param began when this process began, by the ticker */
    public GentleStart(RateLimitSettings settings, Ticker ticker, long began) {
        this.ticker = ticker;
        this.began = began;
        this.quiet = settings.quietStart();
        this.store = new MemoryStore(
                ticker, settings.throttled(), settings.maximumScopes(), this::quietUntil, partLimits::contains);
        this.over = new LimitTable(settings)
                .limits().stream()
                        .flatMap(limit -> parts(limit).stream())
                        .mapToLong(Part::until)
                        .max()
                        .orElse(began);
    }

    @Override
    public Future<Decision> decide(Ask ask) {
        return Future.succeededFuture(decideNow(ask));
    }

    Decision decideNow(Ask ask) {
        long now = ticker.micros();
        if (now >= over) {
            return store.decideNow(ask);
        }
        synchronized (parts) {
            return decide(ask, now, now);
        }
    }

    /** With the parts alone that are there for longer than until {@code gone}. */
    private Decision decide(Ask ask, long now, long gone) {
        List<Scope> scopes = new ArrayList<>(ask.scopes());
        List<StandsIn> standIns = new ArrayList<>();
        long next = Long.MAX_VALUE;
        for (int i = 0; i < ask.scopes().size(); i++) {
            Scope scope = ask.scopes().get(i);
            for (Part part : parts.computeIfAbsent(scope.limit(), this::parts)) {
                if (gone < part.until() && !reset.contains(scope.key())) {
                    scopes.add(part.scope(scope.key()));
                    standIns.add(new StandsIn(i, part));
                    next = Math.min(next, part.until());
                }
            }
        }
        Decision decision = told(store.decideNow(ask.of(scopes)), ask.scopes().size(), standIns, now);
        return decision.admitted() || standIns.isEmpty() || decision.delay() <= next - now
                ? decision
                : sooner(decision, Math.max(next - now, delayOnce(next, ask, now)));
    }

    /** How long {@code ask} would have to wait by what is still there at {@code gone}; takes nothing. */
    private long delayOnce(long gone, Ask ask, long now) {
        Ask atOnce = ask.within(0);
        Decision decision = decide(atOnce, now, gone);
        if (decision.admitted()) {
            var unused = giveBack(atOnce, decision.reservation(), gone);
        }
        return decision.delay();
    }

    private static Decision sooner(Decision refused, long delay) {
        return new Decision(
                false, Math.min(refused.delay(), delay), 0, refused.binding(), refused.quota(), refused.missed());
    }

    /** {@code decision} in terms of what was asked, which had {@code asked} scopes. */
    private static Decision told(Decision decision, int asked, List<StandsIn> standIns, long now) {
        Quota quota = decision.quota();
        if (quota.scope() >= asked) {
            StandsIn in = standIns.get(quota.scope() - asked);
            long reset = Math.min(quota.reset(), in.part().until() - now);
            quota = new Quota(in.scope(), in.part().window(), quota.remaining(), reset);
        }
        int binding = decision.binding();
        return new Decision(
                decision.admitted(),
                decision.delay(),
                decision.reservation(),
                binding < asked ? binding : standIns.get(binding - asked).scope(),
                quota,
                decision.missed());
    }

    private List<Part> parts(Limit limit) {
        List<Part> out = new ArrayList<>();
        for (int w = 0; w < limit.windows().size() && limit.enforced() && !quiet.isZero(); w++) {
            Window window = limit.windows().get(w);
            if (window.length().compareTo(quiet) > 0) {
                Part part = new Part(limit.with(List.of(part(window))), w, began + limit.micros(w));
                partLimits.add(part.limit());
                out.add(part);
            }
        }
        return List.copyOf(out);
    }

    private long quietUntil(Limit limit) {
        if (partLimits.contains(limit) || !limit.enforced()) {
            return Long.MIN_VALUE;
        }
        long longest = 0;
        for (int w = 0; w < limit.windows().size(); w++) {
            if (limit.windows().get(w).length().compareTo(quiet) <= 0) {
                longest = Math.max(longest, limit.micros(w));
            }
        }
        return began + longest;
    }

    private static Window part(Window window) {
        int parts = Math.min(PARTS, window.permits());
        return new Window(window.permits() / parts, window.length().dividedBy(parts));
    }

    @Override
    public Future<Void> giveBack(Ask ask, long reservation) {
        return ticker.micros() < over ? giveBack(ask, reservation, Long.MIN_VALUE) : store.giveBack(ask, reservation);
    }

    /** Of the parts, gives back to those alone that are there for longer than until {@code gone}. */
    private Future<Void> giveBack(Ask ask, long reservation, long gone) {
        List<Scope> scopes = new ArrayList<>(ask.scopes());
        for (Scope scope : ask.scopes()) {
            for (Part part : parts.computeIfAbsent(scope.limit(), this::parts)) {
                if (gone < part.until()) {
                    scopes.add(part.scope(scope.key()));
                }
            }
        }
        return store.giveBack(ask.of(scopes), reservation);
    }

    @Override
    public Future<Void> throttle(Throttle throttle) {
        return store.throttle(throttle);
    }

    @Override
    public Future<Void> reset(String key) {
        if (ticker.micros() < over) {
            reset.add(key);
        }
        return store.reset(key);
    }

    @Override
    public void onClosure(Consumer<Closure> listener) {
        store.onClosure(listener);
    }

    @Override
    public void onUpheaval(Runnable listener) {
        store.onUpheaval(listener);
    }

    @Override
    public Health health() {
        return store.health();
    }

    @Override
    public Future<Void> close() {
        return store.close();
    }
}
