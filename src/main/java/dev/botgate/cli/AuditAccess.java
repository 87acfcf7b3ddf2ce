package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.access.AccessPage;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.cli.TextTable.Column;
import dev.botgate.config.ConfigurationReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit access}: who read the trail, who changed its holds, and what was dropped of it. */
@Command(
        name = "access",
        description = "Lists who read the trail and what for, newest first; this too is recorded.",
        sortOptions = false)
final class AuditAccess extends TrailCommand {
    @Mixin
    private TimeRange range = new TimeRange();

    @Option(names = "--reader", paramLabel = "NAME", description = "By this token's name, or this user.")
    private @Nullable String reader;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "search, show, history, export, export-end, access, hold-list, hold-add, hold-remove, drop or"
                    + " refused.")
    private @Nullable String action;

    @Mixin
    private PageOptions pages = new PageOptions();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Option(names = "--local", description = "Times of this machine's zone, not UTC.")
    private boolean local;

    AuditAccess(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        PostgresReader.checkCursor(EntryParameters.accessQuery(parameters()).cursor());
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        range.addTo(parameters);
        EntryFilters.put(parameters, "reader", reader);
        EntryFilters.put(parameters, "action", action);
        pages.addTo(parameters);
        return parameters;
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        Map<String, String> parameters = parameters();
        AccessPage page =
                await(trail.reader().accesses(trail.visitor(), parameters, EntryParameters.accessQuery(parameters)));
        if (json) {
            page.accesses().forEach(access -> out().println(EntryJson.of(access).encode()));
        } else {
            print(page);
        }
        out().flush();
        PageOptions.tellOthers(page.previous(), page.next(), err());
        return ExitCode.OK;
    }

    private void print(AccessPage page) {
        TimeFormat times = TimeFormat.of(local);
        TextTable table = new TextTable(
                Column.whole(times.title()),
                Column.whole("ACTION"),
                Column.cut("READER"),
                Column.cut("FROM"),
                Column.whole("ENTRIES"),
                Column.whole("FILTERS"));
        for (AccessRecord access : page.accesses()) {
            String name = access.visitor().name();
            table.add(
                    times.text(access.at()),
                    access.action().text(),
                    name == null ? "" : shown(name),
                    shown(access.visitor().origin()),
                    access.entries() == null ? "" : access.entries().toString(),
                    shown(new TreeMap<>(access.filters()).toString()));
        }
        table.print(TerminalWidth.ofOutput(), out());
    }
}
