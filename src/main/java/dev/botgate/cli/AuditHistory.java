package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.Entry;
import dev.botgate.audit.Page;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.ConfigurationReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit history ACTIVITY}: how an activity came to be what it is. */
@Command(
        name = "history",
        description = "Shows how one activity was sent, updated and deleted, oldest first, with each version's body.")
final class AuditHistory extends TrailCommand {
    private static final String LINE = "%-24s %-8s %-9s  %-36s  %s";

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

    AuditHistory(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        PostgresReader.checkCursor(cursor);
    }

    @Override
    Exit run(Trail trail) throws Exception {
        String id = String.valueOf(activity);
        Map<String, String> parameters = new LinkedHashMap<>();
        EntryFilters.put(parameters, "conversation", conversation);
        EntryFilters.put(parameters, "cursor", cursor);
        Map<String, String> recorded = new LinkedHashMap<>(parameters);
        recorded.put("activity", id);
        Page page = await(trail.reader().history(trail.visitor(), recorded, id, EntryParameters.query(parameters)));
        if (!json) {
            line(out(), LINE, "TIME (UTC)", "CHANGE", "OUTCOME", "ENTRY", "BODY");
        }
        for (Entry entry : page.entries()) {
            print(id, entry);
        }
        out().flush();
        page.previousCursor().ifPresent(previous -> err().println("Before these: --cursor " + previous));
        page.nextCursor().ifPresent(next -> err().println("There is more: --cursor " + next));
        return Exit.OK;
    }

    private void print(String id, Entry entry) {
        String change = EntryJson.change(id, entry);
        if (json) {
            out().println(new JsonObject()
                    .put("change", change)
                    .mergeIn(EntryJson.of(entry))
                    .encode());
            return;
        }
        Buffer body = entry.intent().body().bytes();
        line(
                out(),
                LINE,
                entry.intent().exchange().at().truncatedTo(ChronoUnit.MILLIS),
                change,
                entry.state().text(),
                entry.intent().exchange().id(),
                body == null ? "" : shown(body.toString(StandardCharsets.UTF_8)));
    }
}
