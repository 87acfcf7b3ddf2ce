package dev.botgate.audit.writer;

import dev.botgate.audit.journal.AsyncJournal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The metrics of a trail writer and of its journal, if it has one. Safe on any thread. */
final class WriterMetrics {
    private final MeterRegistry registry;
    private final Timer commit;
    private final DistributionSummary batch;
    private final Counter outcomeRetries;
    private final Counter unrecordedReplies;

    WriterMetrics(MeterRegistry registry, WriteQueue queue, @Nullable AsyncJournal journal) {
        this.registry = registry;
        Gauge.builder("botgate.audit.waiting", queue, WriteQueue::count)
                .description("Entries that wait for a commit")
                .register(registry);
        Gauge.builder("botgate.audit.waiting.bytes", queue, WriteQueue::bytes)
                .description("Their size, roughly")
                .baseUnit("bytes")
                .register(registry);
        commit = Timer.builder("botgate.audit.commit")
                .description("Time of one commit")
                .publishPercentileHistogram()
                .register(registry);
        batch = DistributionSummary.builder("botgate.audit.batch")
                .description("Entries in one commit")
                .register(registry);
        outcomeRetries = Counter.builder("botgate.audit.outcome.retries")
                .description("Outcomes that had to be written again")
                .register(registry);
        unrecordedReplies = Counter.builder("botgate.audit.unrecorded.replies")
                .description("Replies that were sent before their outcome was durable, because it took too long")
                .register(registry);
        register(List.of("late", "full", "unstorable"), this::refusals);
        if (journal != null) {
            registerJournal(journal);
        }
    }

    private void registerJournal(AsyncJournal journal) {
        Gauge.builder("botgate.audit.journal.bytes", journal, it -> it.state().bytes())
                .description("Size of the journal on disk")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("botgate.audit.journal.waiting", journal, it -> it.state().waiting())
                .description("Entries in the journal that are not yet in the database")
                .register(registry);
        FunctionCounter.builder("botgate.audit.journal.damages", journal, it -> it.state()
                        .damages())
                .description("Damaged places that were found in the journal")
                .register(registry);
        register(List.of("appended", "drained", "refused"), this::journalEvents);
        register(List.of("journal-full", "journal-failed"), this::refusals);
    }

    /** Makes the counters present with 0 before their first use. */
    private static void register(List<String> names, Function<String, Counter> counter) {
        names.forEach(name -> counter.apply(name).increment(0));
    }

    private Counter refusals(String reason) {
        return Counter.builder("botgate.audit.refused")
                .description("Intents that were not recorded, so that the request was refused")
                .tag("reason", reason)
                .register(registry);
    }

    private Counter journalEvents(String event) {
        return Counter.builder("botgate.audit.journal." + event)
                .description("Entries of the journal, by what happened to them")
                .register(registry);
    }

    void committed(int entries, long nanos) {
        commit.record(nanos, TimeUnit.NANOSECONDS);
        batch.record(entries);
    }

    void outcomesRetried(int count) {
        outcomeRetries.increment(count);
    }

    void replyUnrecorded() {
        unrecordedReplies.increment();
    }

    void refusedLate() {
        refusals("late").increment();
    }

    void refusedFull() {
        refusals("full").increment();
    }

    void refusedUnstorable() {
        refusals("unstorable").increment();
    }

    void refusedJournalFull() {
        refusals("journal-full").increment();
    }

    void refusedJournalFailed() {
        refusals("journal-failed").increment();
    }

    void appended(int entries) {
        journalEvents("appended").increment(entries);
    }

    void drained(int entries) {
        journalEvents("drained").increment(entries);
    }

    void keptRefused(int entries) {
        journalEvents("refused").increment(entries);
    }
}
