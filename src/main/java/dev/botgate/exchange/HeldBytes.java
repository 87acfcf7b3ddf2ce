package dev.botgate.exchange;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of bodies that all requests under way hold in memory, up to a bound for the process.
 *
 * <p>A body up to {@value #SMALL} bytes is not counted: its connection takes as much, and requests that wait for an
 * upstream are counted. Safe on any thread.
 */
public final class HeldBytes {
    static final long SMALL = 8_192;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final AtomicLong held = new AtomicLong();
    private final long maximum;
    private final Counter refused;

    public HeldBytes(long maximum, MeterRegistry registry) {
        this.maximum = maximum;
        this.refused = Counter.builder("botgate.exchange.held.refused")
                .description("Bodies that were refused because requests under way held too much")
                .register(registry);
        Gauge.builder("botgate.exchange.held", held, AtomicLong::get)
                .description("What bodies of requests under way take in memory")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.exchange.held.maximum", () -> maximum)
                .description("What bodies of requests under way may take in memory")
                .baseUnit("bytes")
                .register(registry);
    }

    /** A share of the bound, empty at first. */
    public Share share() {
        return new Share();
    }

    /** What one body takes of the bound, until it is given back: from then on it takes nothing. Belongs to one event loop. */
    public final class Share {
        private long counted;
        private boolean over;

        private Share() {}

        /**
         * Takes as much as {@code bytes} in all, if that is more than before.
         *
         * @throws GatewayException GATEWAY_BUSY where all together would take more than the bound; then nothing more is taken
         */
        public void grow(long bytes) {
            if (!tryGrow(bytes)) {
                refused.increment();
                throw new GatewayException(
                        Failure.GATEWAY_BUSY,
                        "Bodies of requests under way take more than server.maximum-held-bytes, " + maximum,
                        RETRY_AFTER);
            }
        }

        /** As {@link #grow}; false where nothing more is taken. */
        public boolean tryGrow(long bytes) {
            long more = more(bytes);
            if (more > 0 && held.addAndGet(more) > maximum) {
                held.addAndGet(-more);
                return false;
            }
            counted += more;
            return true;
        }

        /** Takes as much as {@code bytes} in all, even beyond the bound: what is there already, and cannot be refused. */
        public void growAnyhow(long bytes) {
            long more = more(bytes);
            held.addAndGet(more);
            counted += more;
        }

        private long more(long bytes) {
            return over || bytes <= SMALL ? 0 : Math.max(0, bytes - counted);
        }

        /** Gives all of it back, for good: what still comes of the body is let go of by whoever reads it. */
        public void giveBack() {
            over = true;
            held.addAndGet(-counted);
            counted = 0;
        }
    }
}
