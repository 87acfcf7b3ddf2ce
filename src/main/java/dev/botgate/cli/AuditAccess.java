package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.Access;
import dev.botgate.audit.AccessPage;
import dev.botgate.config.ConfigurationReader;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit access}: who read the trail, and what was dropped of it. */
@Command(
        name = "access",
        description = "Lists who read the trail and what for, newest first; this too is recorded.",
        sortOptions = false)
final class AuditAccess extends TrailCommand {
    private static final String LINE = "%-24s %-10s %-16s  %-28s  %9s  %s";

    @Option(names = "--from", paramLabel = "TIME", description = "From this time on.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
    private @Nullable String to;

    @Option(names = "--reader", paramLabel = "NAME", description = "By this token's name, or this user.")
    private @Nullable String reader;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "search, show, history, export, export-end, access, drop or refused.")
    private @Nullable String action;

    @Option(names = "--limit", paramLabel = "N", description = "How many at most, 1 to 1000; 50 unless given.")
    private @Nullable String limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "What lies beyond the page that printed this.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    AuditAccess(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    Exit run(Trail trail) throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>();
        EntryFilters.put(parameters, "from", from);
        EntryFilters.put(parameters, "to", to);
        EntryFilters.put(parameters, "reader", reader);
        EntryFilters.put(parameters, "action", action);
        EntryFilters.put(parameters, "limit", limit);
        EntryFilters.put(parameters, "cursor", cursor);
        AccessPage page =
                await(trail.reader().accesses(trail.visitor(), parameters, EntryParameters.accessQuery(parameters)));
        if (!json) {
            line(out(), LINE, "TIME (UTC)", "ACTION", "READER", "FROM", "ENTRIES", "FILTERS");
        }
        page.accesses().forEach(this::print);
        out().flush();
        if (page.previous() != null) {
            err().println("Before these: --cursor " + page.previous());
        }
        if (page.next() != null) {
            err().println("There is more: --cursor " + page.next());
        }
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
