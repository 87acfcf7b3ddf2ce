package dev.botgate.cli;

import dev.botgate.audit.access.ExpiredMonth;
import dev.botgate.audit.postgres.Retention;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit retention}: does at once what a gateway does by itself every few hours. */
@Command(
        name = "retention",
        description = "Drops the months that are older than audit.retention, and lists those that a legal hold keeps.")
final class AuditRetention extends TrailCommand {
    @Option(names = "--dry-run", description = "Only list what would be dropped.")
    private boolean dryRun;

    @Override
    ExitCode run(Session session) throws Exception {
        Integer months = session.configuration().audit().retention();
        if (months == null) {
            out().println("audit.retention is null: nothing is dropped");
            out().flush();
            return ExitCode.OK;
        }
        Retention retention =
                new Retention(session.vertx(), session.address(), Clock.systemUTC(), months, new SimpleMeterRegistry());
        List<ExpiredMonth> expired = await(dryRun ? retention.expired() : retention.drop(session.identity()));
        TextTable table = new TextTable("MONTH", "BYTES", "FATE", "WHY");
        expired.forEach(
                month -> table.add(month.month(), month.bytes(), month.fate().text(), why(month)));
        print(table);
        out().flush();
        return expired.stream().anyMatch(month -> month.fate() == ExpiredMonth.Fate.FAILED)
                ? ExitCode.FAILED
                : ExitCode.OK;
    }

    private static String why(ExpiredMonth month) {
        String holds = month.holds().stream()
                .map(hold -> "hold " + hold.id() + " on " + hold.subject().text() + " " + hold.value())
                .collect(Collectors.joining(", "));
        String problem = month.problem();
        return problem == null || holds.isEmpty() ? (problem == null ? holds : problem) : problem + ", " + holds;
    }
}
