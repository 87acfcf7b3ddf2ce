package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.Access;
import dev.botgate.audit.AccessPage;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.ConfigurationReader;
import java.time.temporal.ChronoUnit;
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
    private static final String LINE = "%-24s %-11s %-16s  %-28s  %9s  %s";

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
    Exit run(Trail trail) throws Exception {
        Map<String, String> parameters = parameters();
        AccessPage page =
                await(trail.reader().accesses(trail.visitor(), parameters, EntryParameters.accessQuery(parameters)));
        if (!json) {
            line(out(), LINE, "TIME (UTC)", "ACTION", "READER", "FROM", "ENTRIES", "FILTERS");
        }
        page.accesses().forEach(this::print);
        out().flush();
        PageOptions.tellOthers(page.previous(), page.next(), err());
        return Exit.OK;
    }

    private void print(Access access) {
        if (json) {
            out().println(EntryJson.of(access).encode());
            return;
        }
        String name = access.visitor().name();
        line(
                out(),
                LINE,
                access.at().truncatedTo(ChronoUnit.MILLIS),
                access.action().text(),
                name == null ? "-" : shown(name),
                shown(access.visitor().origin()),
                access.entries() == null ? "-" : access.entries(),
                shown(new TreeMap<>(access.filters()).toString()));
    }
}
