package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.cache.CacheMeters.Request;
import dev.botgate.cache.CacheMeters.Stale;
import dev.botgate.cache.CacheStatus.Why;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
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
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final InvalidationBus fleet;
    private final CacheMeters meters;
    private final ListStore lists;
    private final LoadFailures troubles = new LoadFailures();
    private final ConcurrentMap<ListKey, Load> loads = new ConcurrentHashMap<>();

    /**
     * An empty cache, that drops what {@code fleet} tells it to.
     *
     * @param nanoTime by which lists age
     * @param clock by which the {@code Date} of a reply tells its age
     */
    public MemberCache(
            CacheSettings settings,
            InvalidationBus fleet,
            LongSupplier nanoTime,
            InstantSource clock,
            MeterRegistry registry) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.fleet = fleet;
        this.meters = new CacheMeters(registry);
        this.lists = new ListStore(settings.maximumBytes(), nanoTime, meters, registry);
        fleet.onInvalidation(drop -> {
            var unused = lists.drop(drop);
        });
    }

    /**
     * Drops lists, whoever loaded them, here and in the other gateways of the fleet. A load that has begun still answers
     * those who wait for it already, but is not kept, and nobody joins it any more.
     *
     * @return how many lists were dropped here
     */
    @CanIgnoreReturnValue
    public int drop(Invalidation drop) {
        int dropped = lists.drop(drop);
        fleet.send(drop);
        return dropped;
    }

    /**
     * Drops the lists of {@code owner} alone, here alone. A load of its own that has begun still answers those who wait for
     * it already, but is not kept, and nobody joins it any more.
     */
    void forget(Invalidation drop, CachePartition owner) {
        // Loads first: a list that one of them has brought by then is among the kept ones.
        for (ListKey loading : loads.keySet()) {
            if (loading.owner().equals(owner) && drop.concerns(loading.dropUnit())) {
                loads.computeIfPresent(loading, (key, running) -> {
                    lists.release(running.generation());
                    return null;
                });
            }
        }
        lists.forget(drop, owner);
    }

    /** Whether replies to {@code operation} are kept at all. */
    boolean keeps(Operation operation) {
        return settings.maximumBytes() > 0
                && LISTS.contains(operation)
                && !settings.of(operation).freshFor().isZero();
    }

    Duration loadDeadline() {
        return settings.loadDeadline();
    }

    Duration loadPatience() {
        return settings.loadPatience();
    }

    /** Learns that {@code load}, which may succeed yet, takes longer than anybody wants to wait. */
    void late(Load load) {
        ListKey key = load.key();
        troubles.late(key, lists.get(key), nanoTime.getAsLong());
    }

    /**
     * What there is for {@code key}.
     *
     * @param credential the digest of what the request shows, for the load that it may have to carry out
     * @param mayLoad whether the request can carry out a load, or wait for one
     */
    LookupResult lookUp(ListKey key, String credential, RequestDirectives wishes, boolean mayLoad) {
        long now = nanoTime.getAsLong();
        StoredReply present = lists.get(key);
        if (present != null
                && present.remaining(now) > 0
                && wishes.areMetBy(present.freshness(), present.age(now), false)) {
            return hit(key, present, now);
        }
        Claim claim = new Claim(key, credential, wishes, mayLoad, now);
        loads.compute(key, (same, running) -> claim.on(running));
        return claim.outcome();
    }

    /** What there is for {@code key} when it could not be loaded; empty where that must be told. */
    Optional<Reply> inTrouble(ListKey key, RequestDirectives wishes, CacheStatus status) {
        long now = nanoTime.getAsLong();
        StoredReply present = lists.get(key);
        if (present == null || !wishes.areMetOnError(present.freshness(), present.age(now), fleet.receives())) {
            return Optional.empty();
        }
        meters.stale(Stale.IF_ERROR);
        long remaining = present.remaining(now);
        return Optional.of(present.reply(now, status.withTtl(remaining).because(Stale.IF_ERROR)));
    }

    /** A request that the cache was not asked for. */
    void bypassed(Operation operation) {
        meters.requested(operation, Request.BYPASS);
    }

    /** Takes note of what a request was answered that the cache was not asked for. */
    void overheard(ListKey key, Reply reply) {
        if (REFUSALS.contains(reply.status())) {
            lists.forget(key);
        }
    }

    /**
     * Takes what a load brought, whatever its status, and keeps it if it may be kept; who waits is told by the caller.
     *
     * @return empty where the load has ended already
     */
    Optional<Load.Result> finish(Load load, Reply reply) {
        if (!load.end()) {
            discard(reply);
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        ListKey key = load.key();
        Optional<Reply> renewed = Optional.ofNullable(load.base())
                .filter(base -> reply.status() == 304)
                .map(base -> base.renewedBy(reply));
        Reply full = renewed.orElse(reply);
        troubles.answered(key, lists.get(key), reply, now);
        StoreDecision decision =
                StoreDecision.of(full, key, !settings.notFoundFor().isZero());
        Optional<StoredReply> brought =
                decision == StoreDecision.STORE ? listOf(load, full, bornAt(load, reply, now)) : Optional.empty();
        Optional<StoredReply> list = brought.filter(lists::hasRoomFor);
        if (REFUSALS.contains(reply.status())) {
            lists.forget(key);
        }
        boolean kept = leave(load, list, full.status() == 200);
        CacheMeters.Loaded loaded = kept ? CacheMeters.Loaded.STORED : CacheMeters.Loaded.NOT_STORED;
        meters.loaded(renewed.isPresent() ? CacheMeters.Loaded.RENEWED : loaded, now - load.beganAt());
        CacheStatus forwarded = CacheStatus.forwarded(load.why());
        CacheStatus status = (renewed.isPresent() ? forwarded.upstream(304) : forwarded).stored(kept);
        if (kept || full.status() != 200) {
            return Optional.of(new Load.Result(full, decision, status));
        }
        NotStoredReason reason = list.isPresent() ? NotStoredReason.SUPERSEDED : notKept(key, full, brought, now);
        meters.notKept(reason);
        return Optional.of(new Load.Result(full, decision, status.notKept(reason)));
    }

    /** @param brought what would be kept if there were room for it, and time */
    private NotStoredReason notKept(ListKey key, Reply reply, Optional<StoredReply> brought, long now) {
        if (brought.filter(list -> list.keptFor(now) <= 0).isEmpty()) {
            return NotStoredReason.forOneOnly(reply, key).orElse(NotStoredReason.TOO_LARGE);
        }
        return !ignoresNoCache(key) && CacheControl.of(reply.headers()).has("no-cache")
                ? NotStoredReason.NO_CACHE
                : NotStoredReason.OUT_OF_DATE;
    }

    private boolean ignoresNoCache(ListKey key) {
        return settings.ignoreNoCache().contains(key.upstream());
    }

    /** Gives up a load that brought no reply; who waits is told by the caller. False where it has ended already. */
    boolean abandon(Load load, Throwable cause) {
        if (!load.end()) {
            return false;
        }
        long now = nanoTime.getAsLong();
        troubles.failed(load.key(), lists.get(load.key()), cause, now);
        leave(load, Optional.empty(), false);
        meters.loaded(CacheMeters.Loaded.FAILED, now - load.beganAt());
        return true;
    }

    /** Gives up a load whose call failed, or whose reply could not be dealt with, so that it stands in nobody's way. */
    void failed(Load load, Throwable cause) {
        if (!abandon(load, cause)) {
            leave(load, Optional.empty(), false);
        }
    }

    /** The kept lists, for who checks that they are consistent. */
    Cache<ListKey, StoredReply> stored() {
        return lists.stored();
    }

    int loadsUnderWay() {
        return loads.size();
    }

    int generations() {
        return lists.generations();
    }

    private LookupResult hit(ListKey key, StoredReply list, long now) {
        meters.requested(key.operation(), Request.HIT);
        return new LookupResult.Hit(list.reply(now, CacheStatus.hit(list.remaining(now))), null);
    }

    /** By what {@code came} itself: a list that a 304 has renewed may still have its former {@code Date}. */
    private long bornAt(Load load, Reply came, long now) {
        Duration loading = Duration.ofNanos(now - load.beganAt());
        return now
                - ReplyAge.atArrival(came.headers(), loading, clock.instant()).toNanos();
    }

    /** The list to keep, unless it alone is beyond what all may take. */
    private Optional<StoredReply> listOf(Load load, Reply reply, long bornAt) {
        if (!(reply.body() instanceof ReplyBody.Whole body) || body.bytes().length() > settings.maximumBytes()) {
            return Optional.empty();
        }
        Freshness freshness = reply.status() == 404
                ? Freshness.ofNotFound(settings.notFoundFor(), reply)
                : Freshness.of(settings.of(load.key().operation()), reply, ignoresNoCache(load.key()));
        return Optional.of(new StoredReply(load, reply, body, freshness, bornAt));
    }

    /**
     * Takes the load from its place, and puts {@code list} among the kept ones if it may be; true if it did.
     *
     * @param replaces whether what is kept is outdated by what the load brought, though that may not be kept
     */
    @CanIgnoreReturnValue
    private boolean leave(Load load, Optional<StoredReply> list, boolean replaces) {
        boolean[] kept = new boolean[1];
        loads.computeIfPresent(load.key(), (key, running) -> {
            if (running != load) {
                return running;
            }
            if (list.isPresent()) {
                kept[0] = lists.put(key, list.get());
            } else {
                if (replaces) {
                    lists.stored().invalidate(key);
                }
                lists.release(load.generation());
            }
            return null;
        });
        return kept[0];
    }

    private static void discard(Reply reply) {
        if (reply.body() instanceof ReplyBody.Streamed streamed) {
            streamed.abandon().run();
        }
    }

    /** A request's step to the place of its key among the loads, taken while no other thread takes one there. */
    private final class Claim {
        private final ListKey key;
        private final String credential;
        private final RequestDirectives wishes;
        private final boolean mayLoad;
        private final long now;
        private @Nullable LookupResult outcome;

        Claim(ListKey key, String credential, RequestDirectives wishes, boolean mayLoad, long now) {
            this.key = key;
            this.credential = credential;
            this.wishes = wishes;
            this.mayLoad = mayLoad;
            this.now = now;
        }

        /** The load that holds the place hereafter, if any. */
        @Nullable
        Load on(@Nullable Load running) {
            StoredReply present = lists.get(key);
            boolean spare = false;
            if (present != null) {
                long age = present.age(now);
                boolean hears = fleet.receives();
                if (wishes.areMetBy(present.freshness(), age, hears)) {
                    return given(present, Stale.WHILE_REVALIDATE, running);
                }
                spare = wishes.areMetOnError(present.freshness(), age, hears);
                if (spare && troubles.known(key, present, now)) {
                    return given(present, Stale.IF_ERROR, running);
                }
            }
            if (wishes.onlyIfCached() || !mayLoad) {
                meters.requested(key.operation(), wishes.onlyIfCached() ? Request.NOT_CACHED : Request.MISS);
                outcome = new LookupResult.Absent();
                return running;
            }
            Why why = present == null ? Why.MISS : present.remaining(now) > 0 ? Why.REQUEST : Why.STALE;
            if (running != null && isJoinable(running)) {
                meters.requested(key.operation(), Request.JOINED);
                outcome = new LookupResult.Joined(running, why, spare);
                return running;
            }
            meters.requested(key.operation(), Request.MISS);
            Load load = begin(running, why, present, spare);
            outcome = new LookupResult.Led(load, spare);
            return load;
        }

        /** Gives {@code list}; where that is stale, it is loaded anew besides, unless it is already, or would be in vain. */
        private @Nullable Load given(StoredReply list, Stale reason, @Nullable Load running) {
            long remaining = list.remaining(now);
            if (remaining > 0) {
                outcome = hit(key, list, now);
                return running;
            }
            meters.requested(key.operation(), Request.STALE);
            meters.stale(reason);
            Reply reply = list.reply(now, CacheStatus.hit(remaining).because(reason));
            boolean refreshing = running != null && isLive(running);
            if (wishes.onlyIfCached() || refreshing || !troubles.worthATry(key, list, now)) {
                outcome = new LookupResult.Hit(reply, null);
                return running;
            }
            Load refresh = begin(running, Why.STALE, list, reason == Stale.IF_ERROR);
            outcome = new LookupResult.Hit(reply, refresh);
            return refresh;
        }

        private Load begin(@Nullable Load running, Why why, @Nullable StoredReply present, boolean once) {
            if (running != null) {
                lists.release(running.generation());
            }
            StoredReply base = present == null || present.validators().isEmpty() ? null : present;
            return new Load(key, credential, lists.hold(key), now, why, base, once);
        }

        /** Who wants a list no older than that joins no load that began before. */
        private boolean isJoinable(Load running) {
            return isLive(running) && !wishes.anew() && now - running.beganAt() <= wishes.maximumAge();
        }

        private boolean isLive(Load running) {
            return !running.generation().ended()
                    && now - running.beganAt() < settings.loadDeadline().toNanos();
        }

        LookupResult outcome() {
            if (outcome == null) {
                throw new IllegalStateException("A claim has no outcome (expected: on() was called)");
            }
            return outcome;
        }
    }
}
