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
 * up just then. Safe on any thread.
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
    private record Part(Limit limit, int window, long until) {}

    /** @param began when this process began, by the ticker */
    public GentleStart(RateLimitSettings settings, Ticker ticker, long began) {
        this.ticker = ticker;
        this.began = began;
        this.quiet = settings.quietStart();
        this.store = new MemoryStore(ticker, settings.throttled(), settings.maximumScopes(), this::quietUntil);
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
        List<Scope> scopes = new ArrayList<>(ask.scopes());
        List<Quota> standsFor = new ArrayList<>();
        for (int i = 0; i < ask.scopes().size(); i++) {
            for (Part part : parts.computeIfAbsent(ask.scopes().get(i).limit(), this::parts)) {
                String key = ask.scopes().get(i).key();
                if (now < part.until() && !reset.contains(key)) {
                    scopes.add(new Scope(part.limit(), "start-" + part.window() + ":" + key));
                    standsFor.add(new Quota(i, part.window(), 0, 0));
                }
            }
        }
        return told(store.decideNow(with(scopes, ask)), ask.scopes().size(), standsFor);
    }

    private static Ask with(List<Scope> scopes, Ask ask) {
        return new Ask(scopes, ask.owner(), ask.weight(), ask.patience(), ask.atMost());
    }

    /** {@code decision} in terms of what was asked, which had {@code asked} scopes. */
    private static Decision told(Decision decision, int asked, List<Quota> standsFor) {
        Quota quota = decision.quota();
        if (quota.scope() >= asked) {
            Quota whole = standsFor.get(quota.scope() - asked);
            quota = new Quota(whole.scope(), whole.window(), quota.remaining(), quota.reset());
        }
        int binding = decision.binding();
        return new Decision(
                decision.admitted(),
                decision.delay(),
                decision.reservation(),
                binding < asked ? binding : standsFor.get(binding - asked).scope(),
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
        List<Window> untilPast = limit.windows().stream()
                .filter(window -> window.length().compareTo(quiet) <= 0)
                .toList();
        return partLimits.contains(limit)
                ? Long.MIN_VALUE
                : began + limit.with(untilPast).longestMicros();
    }

    private static Window part(Window window) {
        int parts = Math.min(PARTS, window.permits());
        return new Window(window.permits() / parts, window.length().dividedBy(parts));
    }

    @Override
    public Future<Void> giveBack(Ask ask, long reservation) {
        List<Scope> scopes = new ArrayList<>(ask.scopes());
        if (ticker.micros() < over) {
            for (Scope scope : ask.scopes()) {
                for (Part part : parts.computeIfAbsent(scope.limit(), this::parts)) {
                    scopes.add(new Scope(part.limit(), "start-" + part.window() + ":" + scope.key()));
                }
            }
        }
        return store.giveBack(with(scopes, ask), reservation);
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
