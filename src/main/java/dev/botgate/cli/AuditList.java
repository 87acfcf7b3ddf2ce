package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.Page;
import dev.botgate.config.ConfigurationReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit list}: the newest entries, as a table or as JSON. */
@Command(
        name = "list",
        description = "Lists what was recorded, newest first; all filters that are given must hold.",
        sortOptions = false)
final class AuditList extends TrailCommand {
    @Mixin
    private EntryFilters filters = new EntryFilters();

    @Option(names = "--limit", paramLabel = "N", description = "How many at most, 1 to 1000; 50 unless given.")
    private @Nullable String limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "What lies beyond the page that printed this.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "One JSON object a line, with the bodies.")
    private boolean json;

    AuditList(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    Exit run(Trail trail) throws Exception {
        Map<String, String> parameters = filters.parameters();
        EntryFilters.put(parameters, "limit", limit);
        EntryFilters.put(parameters, "cursor", cursor);
        EntryFilters.put(parameters, "body", json ? "true" : null);
        Page page = await(trail.reader().search(trail.visitor(), parameters, EntryParameters.query(parameters)));
        if (json) {
            page.entries().forEach(entry -> out().println(EntryJson.of(entry).encode()));
        } else {
            EntryTable.print(page.entries(), out());
        }
        out().flush();
        page.previousCursor().ifPresent(previous -> err().println("Before these: --cursor " + previous));
        page.nextCursor().ifPresent(next -> err().println("There is more: --cursor " + next));
        return Exit.OK;
    }
}
