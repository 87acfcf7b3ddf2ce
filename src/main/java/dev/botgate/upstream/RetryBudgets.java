package dev.botgate.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The budget of retries of each connector, shared by all event loops. Safe on any thread. */
public final class RetryBudgets {
    private final RetrySettings settings;
    private final LongSupplier nanoTime;
    private final Map<String, RetryBudget> byConnector = new ConcurrentHashMap<>();

    /** @param nanoTime such as {@code System::nanoTime} */
    public RetryBudgets(RetrySettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    RetryBudget of(String connector) {
        RetryBudget known = byConnector.get(connector);
        return known != null
                ? known
                : byConnector.computeIfAbsent(
                        connector,
                        missing ->
                                new RetryBudget(settings.budgetPercent(), settings.budgetMinimumPerSecond(), nanoTime));
    }

    /**
     * Bounds retries to a share of the requests of the last ten seconds, so that retries cannot multiply the load of a
     * failing upstream. Safe on any thread.
     */
    static final class RetryBudget {
        /** The length of the window in seconds; each second has a count of its own. */
        private static final int SECONDS = 10;

        private final int percent;
        private final int minimumPerSecond;
        private final LongSupplier nanoTime;
        private final long[] requests = new long[SECONDS];
        private final long[] retries = new long[SECONDS];
        private final long startNanos;
        private long latestSecond;

        RetryBudget(int percent, int minimumPerSecond, LongSupplier nanoTime) {
            this.percent = percent;
            this.minimumPerSecond = minimumPerSecond;
            this.nanoTime = nanoTime;
            this.startNanos = nanoTime.getAsLong();
        }

        /** Counts a first attempt. */
        synchronized void request() {
            requests[now()]++;
        }

        /** Takes one retry from the budget; false if it is used up. */
        synchronized boolean retry() {
            int now = now();
            if (100 * (sum(retries) + 1) > percent * sum(requests) + 100L * SECONDS * minimumPerSecond) {
                return false;
            }
            retries[now]++;
            return true;
        }

        /** The index of the current second, after counts older than the window were cleared. */
        private int now() {
            long second = TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - startNanos);
            for (long i = Math.max(latestSecond + 1, second - SECONDS + 1); i <= second; i++) {
                requests[(int) (i % SECONDS)] = 0;
                retries[(int) (i % SECONDS)] = 0;
            }
            latestSecond = Math.max(latestSecond, second);
            return (int) (latestSecond % SECONDS);
        }

        private static long sum(long[] counts) {
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            return sum;
        }
    }
}
