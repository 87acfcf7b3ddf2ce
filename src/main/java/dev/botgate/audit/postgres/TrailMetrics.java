package dev.botgate.audit.postgres;

import dev.botgate.audit.waiting.WriteQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the trail's writer tells of itself. */
final class TrailMetrics {
    private final CommitMeters commits;
    private final Counter late;
    private final Counter full;
    private final Counter unstorable;
    private final Counter outcomeRetries;

    TrailMetrics(MeterRegistry registry, WriteQueue waiting) {
        Gauge.builder("botgate.audit.waiting", waiting, WriteQueue::count)
                .description("Entries that wait for a commit")
                .register(registry);
        Gauge.builder("botgate.audit.waiting.bytes", waiting, WriteQueue::bytes)
                .description("What these take, roughly")
                .baseUnit("bytes")
                .register(registry);
        commits = new CommitMeters(registry);
        late = refused(registry, "late");
        full = refused(registry, "full");
        unstorable = refused(registry, "unstorable");
        outcomeRetries = Counter.builder("botgate.audit.outcome.retries")
                .description("Outcomes that had to be written again")
                .register(registry);
    }

    private static Counter refused(MeterRegistry registry, String reason) {
        return Counter.builder("botgate.audit.refused")
                .description("Intents that were not recorded in time")
                .tag("reason", reason)
                .register(registry);
    }

    void committed(Batch written, long nanos) {
        commits.committed(written.size(), nanos);
    }

    void refusedLate() {
        late.increment();
    }

    void refusedFull() {
        full.increment();
    }

    void refusedUnstorable() {
        unstorable.increment();
    }

    void retried(Batch failed) {
        outcomeRetries.increment(failed.rows().outcomes().size());
    }
}
