package dev.botgate.ratelimit;

import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.Consumer;

/** A store that decides at once, and whose decision takes its time to come. */
final class DistantStore implements LimitStore {
    private final LimitStore store;
    private final Timers timers;
    private Duration away;

    DistantStore(LimitStore store, Timers timers, Duration away) {
        this.store = store;
        this.timers = timers;
        this.away = away;
    }

    /** How long answers take from now on. */
    void away(Duration time) {
        away = time;
    }

    @Override
    public Future<Decision> decide(PermitRequest ask) {
        Future<Decision> decided = store.decide(ask);
        Promise<Void> arrival = Promise.promise();
        var unused = timers.after(Limit.micros(away), arrival::complete);
        return arrival.future().compose(arrived -> decided);
    }

    @Override
    public Future<Void> giveBack(PermitRequest ask, long reservation) {
        return store.giveBack(ask, reservation);
    }

    @Override
    public Future<Void> throttle(UpstreamThrottle throttle) {
        return store.throttle(throttle);
    }

    @Override
    public Future<Void> reset(String key) {
        return store.reset(key);
    }

    @Override
    public void onCooldown(Consumer<Cooldown> listener) {
        store.onCooldown(listener);
    }

    @Override
    public void onReservationsInvalidated(Runnable listener) {
        store.onReservationsInvalidated(listener);
    }

    @Override
    public Health health() {
        return store.health();
    }
}
