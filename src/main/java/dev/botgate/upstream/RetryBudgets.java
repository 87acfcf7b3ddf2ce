package dev.botgate.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
}
