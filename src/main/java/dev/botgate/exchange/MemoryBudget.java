package dev.botgate.exchange;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that the bodies of all requests under way take together. Thread-safe.
 *
 * <p>A body up to {@value #MIN_COUNTED} bytes is not counted: its connection takes as much, and connections are limited.
 */
public final class MemoryBudget {
    static final long MIN_COUNTED = 8_192;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final AtomicLong reserved = new AtomicLong();
    private final long maximum;
    private final Counter refused;

    /** @param maximum in bytes */
    public MemoryBudget(long maximum, MeterRegistry registry) {
        this.maximum = maximum;
        this.refused = Counter.builder("botgate.bodies.refused")
                .description("Bodies refused because of the memory limit")
                .register(registry);
        Gauge.builder("botgate.bodies.memory", reserved, AtomicLong::get)
                .description("Memory that bodies of requests under way take")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.bodies.memory.maximum", () -> maximum)
                .description("The maximum memory of bodies of requests under way")
                .baseUnit("bytes")
                .register(registry);
    }

    /** A new, empty reservation. */
    public Reservation reservation() {
        return new Reservation();
    }

    /** The memory reserved for one body. Belongs to one event loop. */
    public final class Reservation {
        private long bytes;
        private boolean released;

        private Reservation() {}

        /**
         * Grows to {@code total} bytes, if it is smaller.
         *
         * @throws GatewayException GATEWAY_BUSY where the budget does not allow it; the reservation then stays as it is
         */
        public void grow(long total) {
            if (!tryGrow(total)) {
                refused.increment();
                throw new GatewayException(
                        Failure.GATEWAY_BUSY,
                        "Bodies of requests under way take more than server.body-memory-bytes, " + maximum,
                        RETRY_AFTER);
            }
        }

        /** Like {@link #grow}, but returns false where the budget does not allow it. */
        public boolean tryGrow(long total) {
            long more = missing(total);
            if (more > 0 && reserved.addAndGet(more) > maximum) {
                reserved.addAndGet(-more);
                return false;
            }
            bytes += more;
            return true;
        }

        /** Like {@link #grow}, but exceeds the budget if necessary: for replies that must not be refused. */
        public void forceGrow(long total) {
            long more = missing(total);
            reserved.addAndGet(more);
            bytes += more;
        }

        private long missing(long total) {
            return released || total <= MIN_COUNTED ? 0 : Math.max(0, total - bytes);
        }

        /** Returns everything to the budget. From then on the reservation cannot grow any more. */
        public void release() {
            released = true;
            reserved.addAndGet(-bytes);
            bytes = 0;
        }
    }
}
