package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.access.EntryPage;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.ConfigurationReader;
import java.util.Map;
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

    @Mixin
    private PageOptions pages = new PageOptions();

    @Option(names = "--json", description = "One JSON object a line, with the bodies.")
    private boolean json;

    @Option(names = "--local", description = "Times of this machine's zone, not UTC.")
    private boolean local;

    AuditList(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        PostgresReader.checkCursor(EntryParameters.query(parameters()).cursor());
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = filters.parameters();
        pages.addTo(parameters);
        EntryFilters.put(parameters, "body", json ? "true" : null);
        return parameters;
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        Map<String, String> parameters = parameters();
        EntryPage page = await(trail.reader().search(trail.visitor(), parameters, EntryParameters.query(parameters)));
        if (json) {
            page.entries().forEach(entry -> out().println(EntryJson.of(entry).encode()));
        } else {
            EntryTable.print(
                    page.entries(),
                    trail.configuration().audit().botNames(),
                    TimeFormat.of(local),
                    TerminalWidth.ofOutput(),
                    out());
        }
        out().flush();
        PageOptions.tellOthers(
                page.previousCursor().orElse(null), page.nextCursor().orElse(null), err());
        return ExitCode.OK;
    }
}
