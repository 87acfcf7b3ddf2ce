package dev.botgate.audit;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Makes identities: strictly rising in time, microsecond by microsecond, even when the clock stands still or is set back
 * a little. A clock set back by more than a second is believed.
 *
 * <p>Safe on any thread.
 */
public final class ExchangeIds {
    private static final long BELIEVED_MICROS = 1_000_000;

    private final GatewayRun gateway;
    private final InstantSource clock;
    private final SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
    private long lastMicros = Long.MIN_VALUE;
    private long sequence;
    /** In the order in which they were made. */
    private final Set<Long> open = new LinkedHashSet<>();

    private long firstLeftOpen = Long.MAX_VALUE;

    public ExchangeIds(GatewayRun gateway, InstantSource clock) {
        this.gateway = gateway;
        this.clock = clock;
    }

    /** Who makes them. */
    public GatewayRun gateway() {
        return gateway;
    }

    /** The exchange is over as far as the trail is concerned: closed, or certainly never recorded. */
    public synchronized void settled(ExchangeId exchange) {
        if (exchange.gateway().runId().equals(gateway.runId())) {
            open.remove(exchange.sequence());
        }
    }

    /** The exchange is in the trail and will never be closed there by this run, whether it was called settled or not. */
    public synchronized void leftOpen(ExchangeId exchange) {
        if (exchange.gateway().runId().equals(gateway.runId())) {
            open.remove(exchange.sequence());
            firstLeftOpen = Math.min(firstLeftOpen, exchange.sequence());
        }
    }

    /** The lowest sequence that is not settled, or is left open; all below are settled. */
    public synchronized long firstOpen() {
        return Math.min(
                firstLeftOpen, open.isEmpty() ? sequence + 1 : open.iterator().next());
    }

    /** The next identity; open until it is settled. */
    public synchronized ExchangeId next() {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        boolean believed = now > lastMicros || lastMicros - now > BELIEVED_MICROS;
        lastMicros = believed ? now : lastMicros + 1;
        sequence++;
        if (!open.add(sequence)) {
            throw new IllegalStateException("Exchange " + sequence + " was given out twice");
        }
        Instant at = Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS);
        return new ExchangeId(at, timeOrdered(lastMicros, random.nextLong()), gateway, sequence);
    }

    /** RFC 9562 section 5.7, with the microseconds as fraction of the millisecond (section 6.2, method 3). */
    private static UUID timeOrdered(long micros, long random) {
        long millis = Math.floorDiv(micros, 1000L);
        long fraction = Math.floorMod(micros, 1000L) * 4096 / 1000;
        return new UUID(millis << 16 | 0x7000 | fraction, random >>> 2 | 0x8000_0000_0000_0000L);
    }
}
