package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the cache counts. */
final class CacheMeters {
    /** How a request for a list was met. */
    enum Request {
        HIT,
        /** At once with a list that was stale. */
        STALE,
        MISS,
        JOINED,
        BYPASS,
        /** Not, since the client wanted nothing from the upstream. */
        NOT_CACHED
    }

    /** Why a stale list was given. */
    enum Stale {
        WHILE_REVALIDATE,
        IF_ERROR
    }

    /** How a load ended. */
    enum Loaded {
        STORED,
        /** The upstream said that the kept list is still right. */
        RENEWED,
        NOT_STORED,
        FAILED
    }

    private final Map<Request, Map<Operation, Counter>> requests;
    private final Map<Stale, Counter> stale;
    private final Map<Loaded, Timer> loads;
    private final Map<NotStoredReason, Counter> notKept;
    private final Counter evicted;
    private final Counter expired;
    private final Counter dropped;

    CacheMeters(MeterRegistry registry) {
        requests = each(
                EnumSet.allOf(Request.class),
                request -> each(MemberCache.LISTS, operation -> Counter.builder("botgate.cache.requests")
                        .description("Requests for member lists")
                        .tag("operation", operation.id())
                        .tag("result", tag(request))
                        .register(registry)));
        stale = each(EnumSet.allOf(Stale.class), reason -> Counter.builder("botgate.cache.stale")
                .description("Stale member lists given")
                .tag("reason", tag(reason))
                .register(registry));
        loads = each(EnumSet.allOf(Loaded.class), loaded -> Timer.builder("botgate.cache.load")
                .description("Upstream calls for member lists")
                .tag("result", tag(loaded))
                .register(registry));
        notKept = each(EnumSet.allOf(NotStoredReason.class), reason -> Counter.builder("botgate.cache.not.kept")
                .description("Member lists that were loaded and not kept")
                .tag("reason", reason.text())
                .register(registry));
        evicted = removals(registry, "size");
        expired = removals(registry, "expired");
        dropped = Counter.builder("botgate.cache.drops")
                .description("Member lists dropped because they could no longer be right")
                .register(registry);
    }

    void requested(Operation operation, Request request) {
        Counter counter = requests.getOrDefault(request, Map.of()).get(operation);
        if (counter != null) {
            counter.increment();
        }
    }

    void stale(Stale reason) {
        Counter counter = stale.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void loaded(Loaded loaded, long nanoseconds) {
        Timer timer = loads.get(loaded);
        if (timer != null) {
            timer.record(nanoseconds, TimeUnit.NANOSECONDS);
        }
    }

    void notKept(NotStoredReason reason) {
        Counter counter = notKept.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void removed(RemovalCause cause) {
        switch (cause) {
            case SIZE -> evicted.increment();
            case EXPIRED -> expired.increment();
            case EXPLICIT -> dropped.increment();
            case REPLACED, COLLECTED -> {}
        }
    }

    private static Counter removals(MeterRegistry registry, String cause) {
        return Counter.builder("botgate.cache.evictions")
                .description("Member lists that had to go for want of room or time")
                .tag("cause", cause)
                .register(registry);
    }

    private static <K, V> Map<K, V> each(Collection<K> keys, Function<K, V> value) {
        return keys.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), value));
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
