package dev.botgate.server;

import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Times requests by operation and status. */
final class RequestMeters {
    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    Timer.Sample begin() {
        return Timer.start(registry);
    }

    void end(Timer.Sample sample, Operation operation, int status) {
        Key key = new Key(operation, status);
        Timer known = timers.get(key);
        var unused = sample.stop(known != null ? known : timers.computeIfAbsent(key, this::timer));
    }

    private Timer timer(Key key) {
        return Timer.builder("botgate.requests")
                .description("Requests, from their head to the reply's head")
                .tag("operation", key.operation().id())
                .tag("route", key.operation().template())
                .tag("status", Integer.toString(key.status()))
                .publishPercentileHistogram()
                .register(registry);
    }

    private record Key(Operation operation, int status) {}
}
