package dev.botgate.cli;

import dev.botgate.audit.Entry;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Entries of the trail as lines of a table. */
final class EntryTable {
    private static final String LINE = "%-24s %-27s %-9s %6s  %-36s  %-36s  %-36s  %s%n";

    private EntryTable() {}

    static void print(List<Entry> entries, PrintWriter to) {
        to.printf(
                Locale.ROOT,
                LINE,
                "TIME (UTC)",
                "OPERATION",
                "OUTCOME",
                "STATUS",
                "ENTRY",
                "BOT",
                "CONVERSATION",
                "REQUEST");
        for (Entry entry : entries) {
            Intent intent = entry.intent();
            Outcome outcome = entry.outcome();
            to.printf(
                    Locale.ROOT,
                    LINE,
                    intent.exchange().at().truncatedTo(ChronoUnit.MILLIS),
                    intent.operation(),
                    entry.state().text(),
                    outcome == null || outcome.status() == null ? "-" : outcome.status(),
                    intent.exchange().id(),
                    shown(intent.bot()),
                    shown(conversation(intent, outcome)),
                    shown(intent.requestId()));
        }
    }

    private static @Nullable String conversation(Intent intent, @Nullable Outcome outcome) {
        return intent.conversation() != null || outcome == null ? intent.conversation() : outcome.conversation();
    }

    private static String shown(@Nullable String id) {
        return id == null ? "-" : TrailCommand.shown(id);
    }
}
