package dev.botgate.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The cache's counters and timers. */
final class CacheMeters {
    /** How a request for a list was answered. */
    enum Request {
        HIT,
        /** At once, with a stale list. */
        STALE,
        MISS,
        JOINED,
        BYPASS,
        /** With 504, because the client allowed no load. */
        NOT_CACHED;

        private final String tag = tag(this);
    }

    /** Why a stale list was given. */
    enum Stale {
        WHILE_REVALIDATE,
        IF_ERROR;

        private final String tag = tag(this);
    }

    /** How a load ended. */
    enum Loaded {
        STORED,
        /** The connector answered 304: the stored list has not changed. */
        RENEWED,
        NOT_STORED,
        FAILED;

        private final String tag = tag(this);
    }

    private final MeterProvider<Counter> requests;
    private final MeterProvider<Counter> stale;
    private final MeterProvider<Timer> loads;
    private final MeterProvider<Counter> notStored;
    private final MeterProvider<Counter> evictions;
    private final Counter drops;

    CacheMeters(MeterRegistry registry) {
        requests = Counter.builder("botgate.cache.requests")
                .description("Requests for member lists")
                .withRegistry(registry);
        stale = Counter.builder("botgate.cache.stale")
                .description("Stale member lists given")
                .withRegistry(registry);
        loads = Timer.builder("botgate.cache.load")
                .description("Upstream calls for member lists")
                .withRegistry(registry);
        notStored = Counter.builder("botgate.cache.not.stored")
                .description("Loaded member lists that were not stored")
                .withRegistry(registry);
        evictions = Counter.builder("botgate.cache.evictions")
                .description("Member lists removed for their size or age")
                .withRegistry(registry);
        drops = Counter.builder("botgate.cache.drops")
                .description("Member lists dropped because they may be outdated")
                .register(registry);
    }

    void requested(Operation operation, Request request) {
        requests.withTags("operation", operation.id(), "result", request.tag).increment();
    }

    void stale(Stale reason) {
        stale.withTag("reason", reason.tag).increment();
    }

    void loaded(Loaded loaded, long nanoseconds) {
        loads.withTag("result", loaded.tag).record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    void notStored(StoreDecision.Reason reason) {
        notStored.withTag("reason", reason.text()).increment();
    }

    void removed(RemovalCause cause) {
        switch (cause) {
            case SIZE -> evictions.withTag("cause", "size").increment();
            case EXPIRED -> evictions.withTag("cause", "expired").increment();
            case EXPLICIT -> drops.increment();
            case REPLACED, COLLECTED -> {}
        }
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
