package dev.botgate.audit.postgres;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Time and size of commits. */
final class CommitMeters {
    private final Timer commit;
    private final DistributionSummary batch;

    CommitMeters(MeterRegistry registry) {
        commit = Timer.builder("botgate.audit.commit")
                .description("Time of one commit")
                .publishPercentileHistogram()
                .register(registry);
        batch = DistributionSummary.builder("botgate.audit.batch")
                .description("Entries in one commit")
                .register(registry);
    }

    void committed(int entries, long nanos) {
        commit.record(nanos, TimeUnit.NANOSECONDS);
        batch.record(entries);
    }
}
