package dev.botgate.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Whether what gateways have answered is on record: else what they were measured at was not what they are for. */
final class RecordCheck {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_MILLIS = 100;

    private final Stage stage;
    private final Workload workload;
    private final long outcomesBefore;
    private final long journalBefore;

    /** From now on. */
    RecordCheck(Stage stage, Workload workload) throws IOException {
        this.stage = stage;
        this.workload = workload;
        this.outcomesBefore = workload.mutates() ? stage.outcomes() : 0;
        this.journalBefore = workload.mutates() ? stage.journalBytes() : 0;
    }

    /**
     * What is missing of {@code accepted} mutations by {@code variant}, the only one of its workload that records in its way;
     * empty where nothing is.
     */
    String fault(Variant variant, long accepted) throws IOException, InterruptedException {
        if (!workload.mutates() || accepted == 0) {
            return "";
        }
        if (variant == Variant.JOURNALING) {
            return stage.journalBytes() > journalBefore ? "" : "nothing in the journal";
        }
        try {
            return variant.recordsInPostgres() ? missing(accepted) : "";
        } catch (IllegalStateException e) {
            return "its records could not be counted: " + e.getMessage();
        }
    }

    private String missing(long accepted) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        long recorded = stage.outcomes() - outcomesBefore;
        while (recorded < accepted && System.nanoTime() < end) {
            Thread.sleep(PAUSE_MILLIS);
            recorded = stage.outcomes() - outcomesBefore;
        }
        return recorded < accepted ? accepted - recorded + " of " + accepted + " not recorded" : "";
    }
}
