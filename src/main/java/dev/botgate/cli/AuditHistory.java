package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Intent;
import dev.botgate.audit.access.EntryPage;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.cli.TextTable.Column;
import dev.botgate.config.ConfigurationReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit history ACTIVITY}: how an activity came to be what it is. */
@Command(
        name = "history",
        description =
                "Shows how one activity was sent, updated and deleted, oldest first: by whom, and with what body.")
final class AuditHistory extends TrailCommand {
    @Parameters(paramLabel = "ACTIVITY", description = "The activity's id.")
    private @Nullable String activity;

    @Option(
            names = "--conversation",
            paramLabel = "ID",
            description = "Its conversation; other conversations may have an activity with this id too.")
    private @Nullable String conversation;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "What lies beyond the page that printed this.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(names = "--local", description = "Times of this machine's zone, not UTC.")
    private boolean local;

    AuditHistory(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        PostgresReader.checkCursor(cursor);
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        String id = String.valueOf(activity);
        Map<String, String> parameters = new LinkedHashMap<>();
        EntryFilters.put(parameters, "conversation", conversation);
        EntryFilters.put(parameters, "cursor", cursor);
        Map<String, String> recorded = new LinkedHashMap<>(parameters);
        recorded.put("activity", id);
        EntryPage page =
                await(trail.reader().history(trail.visitor(), recorded, id, EntryParameters.query(parameters)));
        if (json) {
            page.entries().forEach(entry -> out().println(new JsonObject()
                    .put("change", EntryJson.change(id, entry))
                    .mergeIn(EntryJson.of(entry))
                    .encode()));
        } else {
            print(id, page, trail.configuration().audit().botNames());
        }
        out().flush();
        page.previousCursor().ifPresent(previous -> err().println("Before these: --cursor " + previous));
        page.nextCursor().ifPresent(next -> err().println("There is more: --cursor " + next));
        return ExitCode.OK;
    }

    private void print(String id, EntryPage page, Map<String, String> botNames) {
        TimeFormat times = TimeFormat.of(local);
        TextTable table = new TextTable(
                Column.whole(times.title()),
                Column.whole("CHANGE"),
                Column.whole("OUTCOME"),
                Column.cut("BY"),
                Column.whole("ENTRY"),
                Column.whole("BODY"));
        for (AuditEntry entry : page.entries()) {
            Intent intent = entry.intent();
            Buffer body = intent.body().bytes();
            table.add(
                    times.text(intent.exchange().at()),
                    EntryJson.change(id, entry),
                    entry.status().text(),
                    EntryTable.bot(intent, botNames),
                    intent.exchange().id().toString(),
                    body == null ? "" : shown(body.toString(StandardCharsets.UTF_8)));
        }
        table.print(TerminalWidth.ofOutput(), out());
    }
}
