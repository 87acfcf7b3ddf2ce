package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The kept lists within their room, and the generations that end when a conversation's lists are dropped. */
final class ListStore {
    private final long maximumBytes;
    private final LongSupplier nanoTime;
    private final CacheMeters meters;
    private final Cache<ListKey, StoredReply> stored;
    private final Generations generations = new Generations();

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
                        Duration.ofNanos(Math.max(0, list.keptFor(nanoTime.getAsLong())))))
                .removalListener(this::removed)
                .build();
        Gauge.builder("botgate.cache.entries", stored, Cache::estimatedSize)
                .description("Member lists kept")
                .register(registry);
        Gauge.builder("botgate.cache.bytes", stored, ListStore::weightOf)
                .description("What the kept member lists take")
                .baseUnit("bytes")
                .register(registry);
    }

    /** The kept list, fresh or stale; null where there is none, or it was dropped. */
    @Nullable
    StoredReply get(ListKey key) {
        StoredReply list = stored.getIfPresent(key);
        return list == null || list.generation().ended() ? null : list;
    }

    /** The current generation of the key's conversation, to be given back by {@link #release} or {@link #put}. */
    Generation hold(ListKey key) {
        return generations.hold(key.dropUnit());
    }

    void release(Generation generation) {
        generations.release(generation);
    }

    /** Whether there is room for {@code list}, and time. */
    boolean hasRoomFor(StoredReply list) {
        return list.weight() <= maximumBytes && list.keptFor(nanoTime.getAsLong()) > 0;
    }

    /** Keeps {@code list}, to which the hold on its generation passes; false if that has ended, and then it does not. */
    boolean put(ListKey key, StoredReply list) {
        Generation generation = list.generation();
        if (generation.ended()) {
            generations.release(generation);
            return false;
        }
        generation.stored().put(key, list);
        stored.put(key, list);
        if (!generation.ended()) {
            return true;
        }
        // Whoever takes it away, this or the drop, has the removal listener release the generation.
        stored.asMap().remove(key, list);
        return false;
    }

    /** Drops what the owner of {@code key} has of its conversation. */
    void forget(ListKey key) {
        stored.invalidate(key);
        generations
                .current(key.dropUnit())
                .ifPresent(generation -> generation.stored().forEach((other, list) -> {
                    if (other.owner().equals(key.owner())) {
                        stored.asMap().remove(other, list);
                    }
                }));
    }

    /** Drops what {@code owner} has of the conversations that {@code drop} concerns. */
    void forget(Invalidation drop, CachePartition owner) {
        generations.current(drop).forEach(generation -> generation.stored().forEach((key, list) -> {
            if (key.owner().equals(owner)) {
                stored.asMap().remove(key, list);
            }
        }));
    }

    /**
     * Drops what can no longer be right, whoever loaded it. A load that has begun is not kept.
     *
     * @return how many lists were dropped
     */
    int drop(Invalidation drop) {
        int[] dropped = new int[1];
        generations.end(drop).forEach(generation -> generation.stored().forEach((key, list) -> {
            if (stored.asMap().remove(key, list)) {
                dropped[0]++;
            }
        }));
        return dropped[0];
    }

    Cache<ListKey, StoredReply> stored() {
        return stored;
    }

    int generations() {
        return generations.size();
    }

    private void removed(@Nullable ListKey key, @Nullable StoredReply list, RemovalCause cause) {
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
}
