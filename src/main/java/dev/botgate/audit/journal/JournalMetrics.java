package dev.botgate.audit.journal;

import dev.botgate.audit.waiting.WriteQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What the journal tells of itself. */
final class JournalMetrics {
    private final Counter appended;
    private final Counter drained;
    private final Counter refused;
    private final Counter full;
    private final Counter failed;
    private final Counter late;

    JournalMetrics(MeterRegistry registry, AsyncJournal journal, WriteQueue waiting) {
        Gauge.builder("botgate.audit.waiting", waiting, WriteQueue::count)
                .description("Entries that wait for a commit")
                .register(registry);
        Gauge.builder("botgate.audit.waiting.bytes", waiting, WriteQueue::bytes)
                .description("What these take, roughly")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.audit.journal.bytes", journal, it -> it.state().bytes())
                .description("What the journal takes on disk")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.audit.journal.waiting", journal, it -> it.state().waiting())
                .description("Entries in the journal that are not yet in the database")
                .register(registry);
        FunctionCounter.builder("botgate.audit.journal.damages", journal, it -> it.state()
                        .damages())
                .description("Damaged places that were found in the journal")
                .register(registry);
        appended = counter(registry, "appended", "Entries that were recorded in the journal");
        drained = counter(registry, "drained", "Entries that went from the journal to the database");
        refused = counter(registry, "refused", "Entries that the database refuses; kept in a file");
        full = reason(registry, "journal-full");
        failed = reason(registry, "journal-failed");
        late = reason(registry, "late");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder("botgate.audit.journal." + name)
                .description(description)
                .register(registry);
    }

    private static Counter reason(MeterRegistry registry, String reason) {
        return Counter.builder("botgate.audit.refused")
                .description("Intents that were not recorded in time")
                .tag("reason", reason)
                .register(registry);
    }

    void appended(int entries) {
        appended.increment(entries);
    }

    void drained(int entries) {
        drained.increment(entries);
    }

    void refused(int entries) {
        refused.increment(entries);
    }

    void refusedFull() {
        full.increment();
    }

    void refusedByDisk() {
        failed.increment();
    }

    void refusedLate() {
        late.increment();
    }
}
