package dev.botgate.cli;

import dev.botgate.audit.access.ExpiredMonth;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.postgres.Retention;
import dev.botgate.config.ConfigurationReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit retention}: what a gateway does by itself every few hours, now. */
@Command(
        name = "retention",
        description = "Drops the months that are older than audit.retention says, and tells which ones a hold keeps.")
final class AuditRetention extends TrailCommand {
    private static final String LINE = "%-7s  %12s  %-8s  %s";

    @Option(names = "--dry-run", description = "Only tell what would be dropped.")
    private boolean dryRun;

    AuditRetention(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        Integer months = trail.configuration().audit().retention();
        if (months == null) {
            out().println("audit.retention is null: everything is kept for ever");
            out().flush();
            return ExitCode.OK;
        }
        Retention retention =
                new Retention(trail.vertx(), trail.address(), Clock.systemUTC(), months, new SimpleMeterRegistry());
        List<ExpiredMonth> expired = await(dryRun ? retention.expired() : retention.drop(trail.visitor()));
        line(out(), LINE, "MONTH", "BYTES", "FATE", "WHY");
        for (ExpiredMonth month : expired) {
            line(out(), LINE, month.month(), month.bytes(), month.fate().text(), why(month));
        }
        out().flush();
        return expired.stream().anyMatch(month -> month.fate() == ExpiredMonth.Fate.FAILED)
                ? ExitCode.FAILED
                : ExitCode.OK;
    }

    private static String why(ExpiredMonth month) {
        StringBuilder why = new StringBuilder(month.problem() == null ? "" : month.problem());
        for (LegalHold hold : month.holds()) {
            why.append(why.isEmpty() ? "" : ", ")
                    .append("hold ")
                    .append(hold.id())
                    .append(" on ")
                    .append(hold.subject().text())
                    .append(' ')
                    .append(shown(hold.value()));
        }
        return why.toString();
    }
}
