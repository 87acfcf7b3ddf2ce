package dev.botgate.cli;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.cli.TextTable.Column;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Entries of the trail as lines of a table. */
final class EntryTable {
    private EntryTable() {}

    /**
     * Prints {@code entries}.
     *
     * @param botNames app id to the name that is shown for it
     * @param width how many columns a line may take
     */
    static void print(
            List<AuditEntry> entries, Map<String, String> botNames, TimeFormat times, int width, PrintWriter to) {
        TextTable table = new TextTable(
                Column.whole(times.title()),
                Column.whole("OPERATION"),
                Column.whole("OUTCOME"),
                Column.whole("STATUS"),
                Column.cut("BOT"),
                Column.whole("ENTRY"),
                Column.cut("CONVERSATION"),
                Column.optional("ACTIVITY"),
                Column.optional("MEMBER"),
                Column.cut("REQUEST"));
        for (AuditEntry entry : entries) {
            Intent intent = entry.intent();
            Outcome outcome = entry.outcome();
            table.add(
                    times.text(intent.exchange().at()),
                    intent.operation(),
                    entry.status().text(),
                    outcome == null || outcome.status() == null
                            ? ""
                            : outcome.status().toString(),
                    bot(intent, botNames),
                    intent.exchange().id().toString(),
                    shown(or(intent.conversation(), outcome == null ? null : outcome.conversation())),
                    shown(or(outcome == null ? null : outcome.activity(), intent.activity())),
                    shown(intent.member()),
                    shown(intent.requestId()));
        }
        table.print(width, to);
    }

    /** Who called: the configured name, else the app id; empty for who showed neither. */
    static String bot(Intent intent, Map<String, String> botNames) {
        String bot = intent.bot();
        return bot == null ? "" : shown(botNames.getOrDefault(bot, bot));
    }

    private static @Nullable String or(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    private static String shown(@Nullable String id) {
        return id == null ? "" : TrailCommand.shown(id);
    }
}
