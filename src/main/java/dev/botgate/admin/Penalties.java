package dev.botgate.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long refusals of wrong tokens are delayed. The first three are not; then the pause between two refusals doubles each
 * time, up to eight seconds. Only 15 minutes without a wrong token reset it. A right token does not, because it must not
 * speed up the guessing of others.
 *
 * <p>By remote address; of IPv6 by its first half, which is one subscriber. Remembers {@value #MAX_ADDRESSES} addresses.
 * Safe on any thread; does not block.
 */
final class Penalties {
    private static final int MAX_ADDRESSES = 10_000;
    private static final int FREE_FAILURES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MAX_DOUBLINGS = 5;
    private static final Duration MAX_DELAY = Duration.ofSeconds(10);
    private static final Duration RESET_AFTER = Duration.ofMinutes(15);

    private final LongSupplier nanoTime;
    private final Cache<String, Penalty> byAddress;

    Penalties(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.byAddress = Caffeine.newBuilder()
                .maximumSize(MAX_ADDRESSES)
                .expireAfterWrite(RESET_AFTER)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** How long the next refusal to {@code address} is delayed; empty when too many are already delayed. */
    synchronized Optional<Duration> delay(String address) {
        Penalty penalty = byAddress.getIfPresent(subscriber(address));
        if (penalty == null || penalty.failures < FREE_FAILURES) {
            return Optional.of(Duration.ZERO);
        }
        long now = nanoTime.getAsLong();
        long at = Math.max(now, penalty.nextNanos);
        if (at - now > MAX_DELAY.toNanos()) {
            return Optional.empty();
        }
        penalty.nextNanos = at + penalty.pause().toNanos();
        return Optional.of(Duration.ofNanos(at - now));
    }

    /** Counts a wrong token, and returns how many there were in a row. */
    synchronized int failed(String address) {
        Penalty penalty = byAddress.get(subscriber(address), unknown -> new Penalty());
        penalty.failures++;
        if (penalty.failures == FREE_FAILURES) {
            penalty.nextNanos = nanoTime.getAsLong() + penalty.pause().toNanos();
        }
        byAddress.put(subscriber(address), penalty);
        return penalty.failures;
    }

    long addresses() {
        byAddress.cleanUp();
        return byAddress.estimatedSize();
    }

    private static String subscriber(String address) {
        String[] groups = address.split("%", 2)[0].split(":", -1);
        return groups.length == 8 ? String.join(":", groups[0], groups[1], groups[2], groups[3]) : address;
    }

    private static final class Penalty {
        private int failures;
        private long nextNanos;

        Duration pause() {
            return FIRST_PAUSE.multipliedBy(1L << Math.min(MAX_DOUBLINGS, failures - FREE_FAILURES));
        }
    }
}
