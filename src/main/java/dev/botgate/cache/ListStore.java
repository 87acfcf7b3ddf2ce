package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stored lists, up to a total size, and the generations that end when a conversation's lists are invalidated. Safe on
 * any thread.
 */
final class ListStore {
    private final long maximumBytes;
    private final LongSupplier nanoTime;
    private final CacheMeters meters;
    private final Cache<ListKey, StoredReply> stored;

    /** One for each conversation with a load or a stored list, which refer to it: it is removed with the last of them. */
    private final Cache<ListKey.Conversation, Generation> generations =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();

    /** The connectors that ever had a generation; at most those configured. */
    private final Set<String> upstreams = ConcurrentHashMap.newKeySet();

    /**
     * The lists of one conversation since its last invalidation. Every load and every stored list belongs to one; once it
     * has ended, none of them is served, stored or joined.
     */
    static final class Generation {
        private final Map<ListKey, StoredReply> stored = new ConcurrentHashMap<>();
        private volatile boolean ended;

        boolean ended() {
            return ended;
        }

        /** The stored lists; may change while they are iterated over. */
        Map<ListKey, StoredReply> stored() {
            return stored;
        }
    }

    ListStore(long maximumBytes, LongSupplier nanoTime, CacheMeters meters, MeterRegistry registry) {
        this.maximumBytes = maximumBytes;
        this.nanoTime = nanoTime;
        this.meters = meters;
        this.stored = Caffeine.newBuilder()
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .maximumWeight(maximumBytes)
                .weigher((ListKey key, StoredReply list) -> (int) Math.min(Integer.MAX_VALUE, list.weight()))
                .expireAfter(Expiry.writing((ListKey key, StoredReply list) ->
                        Duration.ofNanos(Math.max(0, list.usableFor(nanoTime.getAsLong())))))
                .removalListener(this::removed)
                .build();
        Gauge.builder("botgate.cache.entries", stored, Cache::estimatedSize)
                .description("Stored member lists")
                .register(registry);
        Gauge.builder("botgate.cache.bytes", stored, ListStore::weightOf)
                .description("Size of the stored member lists")
                .baseUnit("bytes")
                .register(registry);
    }

    /** The stored list, fresh or stale; null if there is none, or it was invalidated. */
    @Nullable
    StoredReply get(ListKey key) {
        StoredReply list = stored.getIfPresent(key);
        return list == null || list.generation().ended() ? null : list;
    }

    /** The current generation of the key's conversation, for a load that begins. */
    Generation generation(ListKey key) {
        // First the upstream: an invalidation on all upstreams must find the generation.
        upstreams.add(key.upstream());
        return generations
                .asMap()
                .compute(
                        key.conversationKey(),
                        (same, present) -> present == null || present.ended() ? new Generation() : present);
    }

    /** Whether {@code list} is small enough, and not too old. */
    boolean fits(StoredReply list) {
        return list.weight() <= maximumBytes && list.usableFor(nanoTime.getAsLong()) > 0;
    }

    /** Stores {@code list}; false if its generation has ended. */
    boolean put(ListKey key, StoredReply list) {
        Generation generation = list.generation();
        if (generation.ended()) {
            return false;
        }
        generation.stored().put(key, list);
        stored.put(key, list);
        if (generation.ended()) {
            // Ended meanwhile: the invalidation may not have found the list.
            stored.asMap().remove(key, list);
            return false;
        }
        return true;
    }

    /** Drops all lists that the owner of {@code key} has of its conversation. */
    void drop(ListKey key) {
        stored.invalidate(key);
        invalidate(new Invalidation(key.upstream(), key.conversation()), key.owner());
    }

    /** Drops the lists of {@code owner} that {@code invalidation} covers. */
    void invalidate(Invalidation invalidation, CachePartition owner) {
        covered(invalidation).forEach(conversation -> {
            Generation generation = generations.getIfPresent(conversation);
            if (generation != null) {
                generation.stored().forEach((key, list) -> {
                    if (key.owner().equals(owner)) {
                        stored.asMap().remove(key, list);
                    }
                });
            }
        });
    }

    /**
     * Drops all lists that {@code invalidation} covers; those of loads that have begun are not stored.
     *
     * @return how many lists were dropped
     */
    int invalidate(Invalidation invalidation) {
        int[] dropped = new int[1];
        covered(invalidation).forEach(conversation -> {
            Generation generation = generations.getIfPresent(conversation);
            if (generation == null) {
                return;
            }
            // Ended before it is removed, so that once none is found all former ones have ended.
            generation.ended = true;
            generations.asMap().remove(conversation, generation);
            generation
                    .stored()
                    .forEach((key, list) -> dropped[0] += stored.asMap().remove(key, list) ? 1 : 0);
        });
        return dropped[0];
    }

    private Stream<ListKey.Conversation> covered(Invalidation invalidation) {
        @Nullable String conversation = invalidation.conversation();
        Stream<ListKey.Conversation> candidates = conversation == null
                ? generations.asMap().keySet().stream()
                : upstreams.stream().map(upstream -> new ListKey.Conversation(upstream, conversation));
        return candidates.filter(invalidation::covers);
    }

    Cache<ListKey, StoredReply> stored() {
        return stored;
    }

    /** How many generations there are, apart from those that the garbage collector has found unused. */
    long generations() {
        generations.cleanUp();
        return generations.estimatedSize();
    }

    private void removed(@Nullable ListKey key, @Nullable StoredReply list, RemovalCause cause) {
        if (key != null && list != null) {
            list.generation().stored().remove(key, list);
            meters.removed(cause);
        }
    }

    private static double weightOf(Cache<?, ?> cache) {
        return cache.policy()
                .eviction()
                .flatMap(eviction -> eviction.weightedSize().stream().boxed().findFirst())
                .orElse(0L);
    }
}
