package dev.botgate.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long refusals of wrong tokens are held up: not at all for the first three, then with pauses between one and the
 * next, twice as long each time, up to eight seconds. Only a quarter of an hour of quiet ends it: who has a right token
 * never waits, and must not guess at others the faster for it.
 *
 * <p>By remote address; of IPv6 the first half, which is one subscriber. Remembers {@value #MOST_ADDRESSES} addresses, and
 * forgets the one that was quiet for longest. Safe on any thread; never waits itself.
 */
final class Penalties {
    private static final int MOST_ADDRESSES = 10_000;
    private static final int FREE = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MOST_DOUBLINGS = 5;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofMinutes(15);

    private final LongSupplier nanoTime;
    private final Map<String, Penalty> byAddress = new LinkedHashMap<>(16, 0.75f, true);

    Penalties(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How long the next refusal to {@code address} is held up; empty when too many wait already. */
    synchronized Optional<Duration> delay(String address) {
        long now = nanoTime.getAsLong();
        Penalty penalty = byAddress.get(subscriber(address));
        if (penalty == null || penalty.over(now) || penalty.failures < FREE) {
            return Optional.of(Duration.ZERO);
        }
        long at = Math.max(now, penalty.nextNanos);
        if (at - now > LONGEST_WAIT.toNanos()) {
            return Optional.empty();
        }
        penalty.nextNanos = at + penalty.pause().toNanos();
        return Optional.of(Duration.ofNanos(at - now));
    }

    /** Counts a wrong token, and tells how many there were in a row. */
    synchronized int failed(String address) {
        long now = nanoTime.getAsLong();
        Penalty penalty = byAddress.get(subscriber(address));
        if (penalty == null || penalty.over(now)) {
            penalty = new Penalty(now);
            byAddress.put(subscriber(address), penalty);
            forgetOne();
        }
        penalty.failures++;
        penalty.lastNanos = now;
        if (penalty.failures == FREE) {
            penalty.nextNanos = now + penalty.pause().toNanos();
        }
        return penalty.failures;
    }

    synchronized int addresses() {
        return byAddress.size();
    }

    private static String subscriber(String address) {
        String[] groups = address.split("%", 2)[0].split(":", -1);
        return groups.length == 8 ? String.join(":", groups[0], groups[1], groups[2], groups[3]) : address;
    }

    private void forgetOne() {
        if (byAddress.size() > MOST_ADDRESSES) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
    }

    private static final class Penalty {
        private int failures;
        private long nextNanos;
        private long lastNanos;

        Penalty(long now) {
            nextNanos = now;
            lastNanos = now;
        }

        boolean over(long now) {
            return now - lastNanos > QUIET.toNanos();
        }

        Duration pause() {
            return FIRST_PAUSE.multipliedBy(1L << Math.min(MOST_DOUBLINGS, failures - FREE));
        }
    }
}
