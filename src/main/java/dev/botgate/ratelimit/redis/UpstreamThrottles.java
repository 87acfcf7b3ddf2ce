package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.UpstreamThrottle;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams' words that this gateway heard: it keeps to them while Redis cannot be asked, and tells Redis afterwards
 * what Redis does not know or may have forgotten. Bounded. Safe on any thread.
 */
final class UpstreamThrottles {
    private static final int MOST = 10_000;

    private final FleetConnection link;
    private final RedisKeys keys;
    private final ThrottleSettings settings;
    private final Ticker ticker;

    /** Of each closed scope the word that closes it longest. */
    private final Map<String, ThrottleNotice> closing = new HashMap<>();

    private final Map<String, ThrottleNotice> untold = new LinkedHashMap<>();

    /** What Redis knew when it was heard of last, and others may have opened since. */
    private final Map<String, ThrottleNotice> doubtful = new LinkedHashMap<>();

    UpstreamThrottles(FleetConnection link, RedisKeys keys, ThrottleSettings settings, Ticker ticker) {
        this.link = link;
        this.keys = keys;
        this.settings = settings;
        this.ticker = ticker;
    }

    /** What {@code throttle} says, as far as it is believed. */
    ThrottleNotice word(UpstreamThrottle throttle) {
        long closed = Math.min(throttle.closed(), Limit.micros(settings.maximumClosure()));
        return new ThrottleNotice(
                throttle.scope().key(),
                throttle.status(),
                ticker.micros(),
                closed,
                throttle.gap(),
                throttle.scope().limit().lead(),
                1);
    }

    /** Tells Redis what was just heard, and so every gateway; what does not get through is told later. */
    Future<Void> tell(ThrottleNotice word) {
        return tell(word, 0);
    }

    private Future<Void> tell(ThrottleNotice word, long ago) {
        return link.run(
                        Scripts.THROTTLE,
                        ScriptCodec.wordKeys(keys, word.key()),
                        ScriptCodec.throttleArguments(word, ago, settings, keys.closures()))
                .onFailure(cause -> tellLater(word))
                .mapEmpty();
    }

    synchronized void tellLater(ThrottleNotice word) {
        keep(untold, word);
    }

    /** Tells what was not told. */
    void tellAll() {
        List<ThrottleNotice> late;
        synchronized (this) {
            long now = ticker.micros();
            late = untold.values().stream()
                    .filter(word -> now < word.until() + ThrottleState.REPEATED)
                    .toList();
            untold.clear();
        }
        for (ThrottleNotice word : late) {
            var unused = tell(word, Math.max(1, ticker.micros() - word.heardAt()));
        }
    }

    /** Redis may forget what it was told, or be told otherwise, until it is heard of again. */
    synchronized void unsure() {
        long now = ticker.micros();
        closing.values().stream().filter(word -> word.until() > now).forEach(word -> keep(doubtful, word));
    }

    /**
     * Redis is heard of again: what it forgot is told once more; otherwise it knows better, and says what is closed.
     *
     * @param forgot whether it has forgotten everything
     * @param saysAll whether it says all that is closed; otherwise what it may have opened stays closed here
     */
    synchronized void heardOf(boolean forgot, boolean saysAll) {
        if (forgot) {
            doubtful.values().forEach(word -> keep(untold, word));
        } else if (saysAll) {
            doubtful.forEach(closing::remove);
        }
        doubtful.clear();
    }

    /** Keeps to {@code word} from now on. */
    synchronized void heard(ThrottleNotice word) {
        if (word.closure().opened()) {
            closing.remove(word.key());
            untold.remove(word.key());
            doubtful.remove(word.key());
        } else if (word.closed() > 0) {
            keep(closing, word);
        }
    }

    /** A later word may be about a request that was sent earlier: it never opens. */
    private void keep(Map<String, ThrottleNotice> among, ThrottleNotice word) {
        long now = ticker.micros();
        if (among.size() >= MOST) {
            among.values().removeIf(past -> past.until() <= now);
        }
        if (among.size() < MOST) {
            among.merge(word.key(), word, (one, other) -> one.until() > other.until() ? one : other);
        }
    }

    /** A refusal where a word closes what {@code ask} needs, else null. */
    synchronized @Nullable Decision closed(PermitRequest ask) {
        long now = ticker.micros();
        for (int i = 0; i < ask.scopes().size(); i++) {
            ThrottleNotice word = closing.get(ask.scopes().get(i).key());
            if (word != null && word.until() > now) {
                return Decision.refused(word.until() - now, i);
            }
        }
        return null;
    }
}
