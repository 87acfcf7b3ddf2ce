package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.ThrottleSettings;
import dev.botgate.ratelimit.Ticker;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scopes that an operator opened, and that Redis has not been told of yet. Redis forgets what it knew of a scope until
 * it was opened, and no gateway's word from before closes it again; what was said since stays. Bounded: beyond {@value
 * #MOST} the oldest are dropped. Safe on any thread.
 */
final class PendingResets {
    private static final int MOST = 10_000;

    private final FleetConnection link;
    private final RedisKeys keys;
    private final ThrottleSettings settings;
    private final Ticker ticker;

    /** By scope, when. */
    private final Map<String, Long> untold = new LinkedHashMap<>();

    PendingResets(FleetConnection link, RedisKeys keys, ThrottleSettings settings, Ticker ticker) {
        this.link = link;
        this.keys = keys;
        this.settings = settings;
        this.ticker = ticker;
    }

    /** Tells Redis what an operator has just opened, and so every gateway. */
    Future<Void> tell(String scope) {
        return tell(scope, 0);
    }

    private Future<Void> tell(String scope, long ago) {
        return link.run(
                        Scripts.RESET,
                        ScriptCodec.wordKeys(keys, scope),
                        ScriptCodec.resetArguments(scope, ago, settings, keys.closures()))
                .mapEmpty();
    }

    synchronized void tellLater(String scope) {
        untold.remove(scope);
        untold.put(scope, ticker.micros());
        if (untold.size() > MOST) {
            untold.remove(untold.keySet().iterator().next());
        }
    }

    /** Tells what was not told; what does not get through is told another time. */
    Future<Void> tellAll() {
        Map<String, Long> late;
        synchronized (this) {
            late = Map.copyOf(untold);
        }
        List<Future<Void>> told = new ArrayList<>();
        late.forEach((scope, at) ->
                told.add(tell(scope, Math.max(1, ticker.micros() - at)).onSuccess(done -> forget(scope, at))));
        return Future.all(told).mapEmpty();
    }

    private synchronized void forget(String scope, long at) {
        untold.remove(scope, at);
    }
}
