package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.EntryQuery;
import dev.botgate.audit.Page;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.LoadedConfiguration;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit list}: the newest entries, as a table or as JSON. */
@Command(
        name = "list",
        description = "Lists what was recorded, newest first; all filters that are given must hold.",
        sortOptions = false)
final class AuditList extends ConfiguredCommand {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "From this time on: 2026-01-31T12:00:00Z or 2026-01-31.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
    private @Nullable String to;

    @Option(names = "--bot", paramLabel = "ID", description = "Of this bot.")
    private @Nullable String bot;

    @Option(names = "--tenant", paramLabel = "ID", description = "Of this tenant.")
    private @Nullable String tenant;

    @Option(names = "--conversation", paramLabel = "ID", description = "In this conversation.")
    private @Nullable String conversation;

    @Option(names = "--activity", paramLabel = "ID", description = "About this activity.")
    private @Nullable String activity;

    @Option(names = "--member", paramLabel = "ID", description = "About this member.")
    private @Nullable String member;

    @Option(names = "--operation", paramLabel = "NAME", description = "Such as SendToConversation.")
    private @Nullable String operation;

    @Option(names = "--outcome", paramLabel = "STATE", description = "open, succeeded, refused, failed or unknown.")
    private @Nullable String outcome;

    @Option(names = "--request-id", paramLabel = "ID", description = "Of this request.")
    private @Nullable String requestId;

    @Option(names = "--limit", paramLabel = "N", description = "How many at most, 1 to 1000; 50 unless given.")
    private @Nullable String limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "What follows the page that ended with this.")
    private @Nullable String cursor;

    @Option(names = "--json", description = "One JSON object a line, with the bodies.")
    private boolean json;

    AuditList(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    Exit run(LoadedConfiguration loaded) throws Exception {
        Logging.toError(loaded.configuration().logging());
        EntryQuery query;
        try {
            query = EntryParameters.query(parameters());
        } catch (IllegalArgumentException refused) {
            err().println("--" + refused.getMessage());
            return Exit.USAGE;
        }
        Vertx vertx = Vertx.vertx();
        try (TrailDatabase database = TrailDatabase.visit(loaded.configuration().database());
                Closing closing = new Closing()) {
            closing.before("event loops", vertx::close);
            PostgresReader reader = new PostgresReader(vertx, database.address());
            closing.before("trail's readers", reader::close);
            print(Blocking.await(reader.search(query), LIMIT), out());
            return Exit.OK;
        } catch (Exception e) {
            return Failures.report(e, err());
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        put(parameters, "from", from);
        put(parameters, "to", to);
        put(parameters, "bot", bot);
        put(parameters, "tenant", tenant);
        put(parameters, "conversation", conversation);
        put(parameters, "activity", activity);
        put(parameters, "member", member);
        put(parameters, "operation", operation);
        put(parameters, "outcome", outcome);
        put(parameters, "request-id", requestId);
        put(parameters, "limit", limit);
        put(parameters, "cursor", cursor);
        put(parameters, "body", json ? "true" : null);
        return parameters;
    }

    private static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }

    private void print(Page page, PrintWriter to) {
        if (json) {
            page.entries().forEach(entry -> to.println(EntryJson.of(entry).encode()));
        } else {
            EntryTable.print(page.entries(), to);
        }
        to.flush();
        page.nextCursor().ifPresent(next -> err().println("There is more: --cursor " + next));
    }
}
