package dev.botgate.cache;

import static dev.botgate.failure.Setting.positive;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The member lists that are kept, and the loads under way: one store for all event loops. Safe on any thread; never
 * waits for a load.
 *
 * <p>Locks are taken in one order: a key's place among the loads, then the kept lists, then the generations. A list is
 * stored only while its load holds that place, so that neither a load that was superseded nor one whose conversation
 * was dropped meanwhile can overwrite what is newer.
 */
public final class MemberCache {
    /** The operations whose replies are kept. */
    static final Set<Operation> LISTS = Set.of(
            Operation.GET_CONVERSATION_MEMBERS,
            Operation.GET_ACTIVITY_MEMBERS,
            Operation.GET_CONVERSATION_PAGED_MEMBERS);

    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 410);

    private final CacheSettings settings;
    private final long loadDeadline;
    private final LongSupplier nanoTime;
    private final CacheMeters meters;
    private final Cache<MemberKey, StoredReply> stored;
    private final ConcurrentMap<MemberKey, Load> loads = new ConcurrentHashMap<>();
    private final Generations generations = new Generations();

    /**
     * An empty cache.
     *
     * @param loadDeadline how long a load may take before the next request no longer joins it, but begins another
     */
    public MemberCache(CacheSettings settings, Duration loadDeadline, LongSupplier nanoTime, MeterRegistry registry) {
        positive("loadDeadline", loadDeadline);
        this.settings = settings;
        this.loadDeadline = loadDeadline.toNanos();
        this.nanoTime = nanoTime;
        this.meters = new CacheMeters(registry);
        this.stored = Caffeine.newBuilder()
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .maximumWeight(settings.maximumBytes())
                .weigher((MemberKey key, StoredReply list) -> (int) Math.min(Integer.MAX_VALUE, list.weight()))
                .expireAfter(Expiry.writing((MemberKey key, StoredReply list) ->
                        Duration.ofNanos(Math.max(0, list.remaining(nanoTime.getAsLong())))))
                .removalListener(this::removed)
                .build();
        Gauge.builder("botgate.cache.entries", stored, Cache::estimatedSize)
                .description("Member lists kept")
                .register(registry);
        Gauge.builder("botgate.cache.bytes", stored, MemberCache::weightOf)
                .description("What the kept member lists take")
                .baseUnit("bytes")
                .register(registry);
    }

    /**
     * Drops every list of a conversation, whoever loaded it. A load that has begun still answers those who wait for it
     * already, but is not kept, and nobody joins it any more.
     *
     * @param upstream the upstream's configured name
     * @param conversation the conversation's id, percent-decoded
     */
    public void drop(String upstream, String conversation) {
        generations.end(new Conversation(upstream, conversation)).ifPresent(ended -> ended.stored()
                .forEach(stored.asMap()::remove));
    }

    /** Whether replies to {@code operation} are kept at all. */
    boolean keeps(Operation operation) {
        return settings.maximumBytes() > 0 && !settings.timeToLive(operation).isZero();
    }

    /** What there is for {@code key}; a request that wants it loaded anew gets a load of its own. */
    LookUp lookUp(MemberKey key, boolean anew) {
        long now = nanoTime.getAsLong();
        StoredReply present = fresh(key);
        if (present != null && !anew) {
            return hit(key, present, now);
        }
        Claim claim = new Claim(key, anew, now);
        loads.compute(key, (same, running) -> claim.on(running));
        return claim.outcome();
    }

    /** A request that the cache was not asked for. */
    void bypassed(Operation operation) {
        meters.requested(operation, CacheMeters.Request.BYPASS);
    }

    /** Takes what a load brought, whatever its status, and keeps it if it may be kept; who waits is told by the caller. */
    Load.Result finish(Load load, Reply reply) {
        StoreDecision decision = StoreDecision.of(reply);
        Optional<StoredReply> list = decision == StoreDecision.STORE ? listOf(load, reply) : Optional.empty();
        boolean kept = leave(load, list, REFUSALS.contains(reply.status()));
        meters.loaded(
                kept ? CacheMeters.Loaded.STORED : CacheMeters.Loaded.NOT_STORED,
                nanoTime.getAsLong() - load.beganAt());
        return load.result(reply, decision, kept);
    }

    /** Gives up a load that brought no reply; who waits is told by the caller. */
    void abandon(Load load) {
        leave(load, Optional.empty(), false);
        meters.loaded(CacheMeters.Loaded.FAILED, nanoTime.getAsLong() - load.beganAt());
    }

    /** The kept lists, for who checks that they are consistent. */
    Cache<MemberKey, StoredReply> stored() {
        return stored;
    }

    int loadsUnderWay() {
        return loads.size();
    }

    int generations() {
        return generations.size();
    }

    private LookUp hit(MemberKey key, StoredReply list, long now) {
        meters.requested(key.operation(), CacheMeters.Request.HIT);
        return new LookUp.Hit(list.reply(now));
    }

    private @Nullable StoredReply fresh(MemberKey key) {
        StoredReply list = stored.getIfPresent(key);
        return list == null || list.generation().ended() ? null : list;
    }

    /** The list to keep, where it would not be out of date already, or beyond what all may take. */
    private Optional<StoredReply> listOf(Load load, Reply reply) {
        if (!(reply.body() instanceof ReplyBody.Whole body) || body.bytes().length() > settings.maximumBytes()) {
            return Optional.empty();
        }
        Duration timeToLive = settings.timeToLive(load.key().operation());
        StoredReply list = new StoredReply(load, reply, body, timeToLive);
        boolean fits = list.weight() <= settings.maximumBytes();
        return fits && list.remaining(nanoTime.getAsLong()) > 0 ? Optional.of(list) : Optional.empty();
    }

    /** Takes the load from its place, and puts {@code list} among the kept ones if it may be; true if it did. */
    @CanIgnoreReturnValue
    private boolean leave(Load load, Optional<StoredReply> list, boolean refused) {
        boolean[] kept = new boolean[1];
        loads.computeIfPresent(load.key(), (key, running) -> {
            if (running != load) {
                return running;
            }
            if (refused) {
                stored.invalidate(key);
            }
            kept[0] = list.isPresent() && store(key, list.get());
            if (!kept[0]) {
                generations.release(load.generation());
            }
            return null;
        });
        return kept[0];
    }

    /** Keeps {@code list}, to which its load's hold on the generation passes. */
    private boolean store(MemberKey key, StoredReply list) {
        Generation generation = list.generation();
        if (generation.ended()) {
            return false;
        }
        generation.stored().put(key, list);
        stored.put(key, list);
        if (!generation.ended()) {
            return true;
        }
        stored.asMap().remove(key, list);
        return false;
    }

    private void removed(@Nullable MemberKey key, @Nullable StoredReply list, RemovalCause cause) {
        if (key != null && list != null) {
            list.generation().stored().remove(key, list);
            generations.release(list.generation());
            meters.removed(cause);
        }
    }

    private static double weightOf(Cache<?, ?> cache) {
        return cache.policy()
                .eviction()
                .flatMap(eviction -> eviction.weightedSize().stream().boxed().findFirst())
                .orElse(0L);
    }

    /** A request's step to the place of its key among the loads, taken while no other thread takes one there. */
    private final class Claim {
        private final MemberKey key;
        private final boolean anew;
        private final long now;
        private @Nullable LookUp outcome;

        Claim(MemberKey key, boolean anew, long now) {
            this.key = key;
            this.anew = anew;
            this.now = now;
        }

        /** The load that holds the place hereafter, if any. */
        @Nullable
        Load on(@Nullable Load running) {
            StoredReply present = fresh(key);
            if (present != null && !anew) {
                outcome = hit(key, present, now);
                return running;
            }
            if (running != null && !anew && isJoinable(running)) {
                meters.requested(key.operation(), CacheMeters.Request.JOINED);
                outcome = new LookUp.Joined(running);
                return running;
            }
            if (running != null) {
                generations.release(running.generation());
            }
            meters.requested(key.operation(), CacheMeters.Request.MISS);
            Load load = new Load(key, generations.hold(key.dropUnit()), now, present != null);
            outcome = new LookUp.Led(load);
            return load;
        }

        private boolean isJoinable(Load running) {
            return !running.generation().ended() && now - running.beganAt() < loadDeadline;
        }

        LookUp outcome() {
            if (outcome == null) {
                throw new IllegalStateException("A claim has no outcome (expected: on() was called)");
            }
            return outcome;
        }
    }
}
