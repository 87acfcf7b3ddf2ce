package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.cache.CacheMeters.Loaded;
import dev.botgate.cache.CacheMeters.Request;
import dev.botgate.cache.CacheMeters.Stale;
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
 * The stored member lists and the loads under way: one for all event loops. Safe on any thread; never waits for a load.
 *
 * <p>A list is stored only while its load is the one of its key. So neither a superseded load nor one whose conversation
 * was invalidated meanwhile overwrites anything newer. Locks are taken in one order: a key's load, then the stored lists.
 */
public final class MemberCache {
    private static final Set<Operation> LISTS = Set.of(
            Operation.GET_CONVERSATION_MEMBERS,
            Operation.GET_ACTIVITY_MEMBERS,
            Operation.GET_CONVERSATION_PAGED_MEMBERS);

    /** The statuses of replies that deny the caller the list. */
    static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 410);

    final InvalidationBus bus;
    final CacheMeters meters;
    final ListStore lists;
    final LoadFailures failures = new LoadFailures();
    private final CacheSettings settings;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final ConcurrentMap<ListKey, Load> loads = new ConcurrentHashMap<>();

    /**
     * An empty cache.
     *
     * @param nanoTime by which lists age
     * @param clock with which the {@code Date} of a reply is compared
     */
    public MemberCache(
            CacheSettings settings,
            InvalidationBus bus,
            LongSupplier nanoTime,
            InstantSource clock,
            MeterRegistry registry) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.bus = bus;
        this.meters = new CacheMeters(registry);
        this.lists = new ListStore(settings.maximumBytes(), nanoTime, meters, registry);
        bus.onInvalidation(invalidation -> {
            var unused = lists.invalidate(invalidation);
        });
    }

    /**
     * Drops lists, whoever loaded them, here and in the other gateways. A load that has begun still answers the
     * requests that wait for it; its list is not stored, and no further request joins it.
     *
     * @return how many lists were dropped here
     */
    @CanIgnoreReturnValue
    public int invalidate(Invalidation invalidation) {
        int dropped = lists.invalidate(invalidation);
        bus.send(invalidation);
        return dropped;
    }

    /** The same for the lists and loads of {@code owner} only, in this gateway only. */
    void invalidate(Invalidation invalidation, CachePartition owner) {
        // Loads first: the list of a load that ends meanwhile is then among the stored ones.
        loads.keySet().removeIf(key -> key.owner().equals(owner) && invalidation.covers(key.conversationKey()));
        lists.invalidate(invalidation, owner);
    }

    /** Whether replies to {@code operation} are stored at all. */
    boolean stores(Operation operation) {
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

    /** Decides how a request for {@code key} is answered; for the parameters see {@link Lookup}. */
    Lookup.Result lookUp(ListKey key, String credential, RequestDirectives directives, boolean mayLoad) {
        long now = nanoTime.getAsLong();
        StoredReply list = lists.get(key);
        if (list != null && list.remaining(now) > 0 && directives.allow(list.freshness(), list.age(now), false)) {
            return hit(key, list, now);
        }
        Lookup lookup = new Lookup(this, key, credential, directives, mayLoad, now);
        loads.compute(key, (same, running) -> lookup.decide(running));
        return lookup.result();
    }

    Lookup.Hit hit(ListKey key, StoredReply list, long now) {
        meters.requested(key.operation(), Request.HIT);
        return new Lookup.Hit(list.reply(now, CacheStatus.hit(list.remaining(now))), null);
    }

    /** The stored list of {@code key}, if it may be given after a failed load. */
    Optional<Reply> staleOnError(ListKey key, RequestDirectives directives, CacheStatus status) {
        long now = nanoTime.getAsLong();
        StoredReply list = lists.get(key);
        if (list == null || !directives.allowOnError(list.freshness(), list.age(now), bus.receives())) {
            return Optional.empty();
        }
        meters.stale(Stale.IF_ERROR);
        return Optional.of(list.reply(now, status.withTtl(list.remaining(now)).withDetail(Stale.IF_ERROR)));
    }

    /** Counts a request that bypasses the cache. */
    void bypassed(Operation operation) {
        meters.requested(operation, Request.BYPASS);
    }

    /** Drops the caller's lists if {@code reply}, to a request that was not a load, denies it the list. */
    void dropIfRefused(ListKey key, Reply reply) {
        if (REFUSALS.contains(reply.status())) {
            lists.drop(key);
        }
    }

    /** Notes that {@code load}, which may still succeed, takes longer than the load patience. */
    void late(Load load) {
        failures.late(load.key(), lists.get(load.key()), nanoTime.getAsLong());
    }

    /**
     * Ends a load with the connector's reply, and stores it if it may be stored; the caller completes the waiting requests.
     *
     * @return empty if the load has ended already
     */
    Optional<Load.Result> complete(Load load, Reply reply) {
        if (!load.end()) {
            if (reply.body() instanceof ReplyBody.Streamed streamed) {
                streamed.abandon().run();
            }
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        ListKey key = load.key();
        failures.answered(key, lists.get(key), reply, now);
        StoredReply base = load.base();
        boolean renewed = base != null && reply.status() == 304;
        Reply whole = base != null && renewed ? base.renewedBy(reply) : reply;
        StoreDecision decision =
                StoreDecision.of(whole, key, !settings.notFoundFor().isZero());
        // The age is that of the reply itself: a list that a 304 renewed may still have its former Date.
        Duration age = Freshness.ageAtArrival(reply.headers(), Duration.ofNanos(now - load.beganAt()), clock.instant());
        StoredReply list = decision == StoreDecision.STORE ? stored(load, whole, now - age.toNanos()) : null;
        boolean fits = list != null && lists.fits(list);
        if (REFUSALS.contains(reply.status())) {
            lists.drop(key);
        }
        boolean stored = detach(load, fits ? list : null, whole.status() == 200);
        meters.loaded(renewed ? Loaded.RENEWED : stored ? Loaded.STORED : Loaded.NOT_STORED, now - load.beganAt());
        CacheStatus forwarded = CacheStatus.forwarded(load.why());
        CacheStatus status = (renewed ? forwarded.upstream(304) : forwarded).stored(stored);
        if (stored || whole.status() != 200) {
            return Optional.of(new Load.Result(whole, decision, status));
        }
        StoreDecision.Reason reason = fits ? StoreDecision.Reason.SUPERSEDED : notStored(key, whole, list, now);
        meters.notStored(reason);
        return Optional.of(new Load.Result(whole, decision, status.notStored(reason)));
    }

    /** Ends a load that got no reply; the caller completes the waiting requests. False if it has ended already. */
    @CanIgnoreReturnValue
    boolean fail(Load load, Throwable cause) {
        if (!load.end()) {
            return false;
        }
        long now = nanoTime.getAsLong();
        failures.failed(load.key(), lists.get(load.key()), cause, now);
        detach(load, null, false);
        meters.loaded(Loaded.FAILED, now - load.beganAt());
        return true;
    }

    /** The same also for a load that ended with a reply that could not be processed. */
    void abandon(Load load, Throwable cause) {
        fail(load, cause);
        detach(load, null, false);
    }

    /** The stored lists, for checks of consistency. */
    Cache<ListKey, StoredReply> stored() {
        return lists.stored();
    }

    long generations() {
        return lists.generations();
    }

    int loadsUnderWay() {
        return loads.size();
    }

    /** The list to store; null if it alone is larger than the cache. */
    private @Nullable StoredReply stored(Load load, Reply reply, long bornAt) {
        if (!(reply.body() instanceof ReplyBody.Whole body) || body.bytes().length() > settings.maximumBytes()) {
            return null;
        }
        Freshness freshness = reply.status() == 404
                ? Freshness.ofNotFound(settings.notFoundFor(), reply)
                : Freshness.of(settings.of(load.key().operation()), reply, ignoresNoCache(load.key()));
        return new StoredReply(load, reply, body, freshness, bornAt);
    }

    /** @param list what would be stored if it were small enough and not too old */
    private StoreDecision.Reason notStored(ListKey key, Reply reply, @Nullable StoredReply list, long now) {
        if (list == null || list.usableFor(now) > 0) {
            return StoreDecision.reasonNotToShare(reply, key).orElse(StoreDecision.Reason.TOO_LARGE);
        }
        return !ignoresNoCache(key) && CacheControl.of(reply.headers()).has("no-cache")
                ? StoreDecision.Reason.NO_CACHE
                : StoreDecision.Reason.OUT_OF_DATE;
    }

    private boolean ignoresNoCache(ListKey key) {
        return settings.ignoreNoCache().contains(key.upstream());
    }

    /**
     * Removes the load from the loads under way, and stores {@code list} unless another load took its place; true if it did.
     *
     * @param outdates whether the load shows that the stored list is outdated, even if its own list is not stored
     */
    @CanIgnoreReturnValue
    private boolean detach(Load load, @Nullable StoredReply list, boolean outdates) {
        boolean[] stored = new boolean[1];
        loads.computeIfPresent(load.key(), (key, running) -> {
            if (!running.equals(load)) {
                return running;
            }
            if (list != null) {
                stored[0] = lists.put(key, list);
            } else if (outdates) {
                lists.stored().invalidate(key);
            }
            return null;
        });
        return stored[0];
    }
}
