package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.admin.EntryParameters;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.Page;
import dev.botgate.audit.postgres.PostgresReader;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit}: the commands that read the trail, and decide what is kept of it. */
@Command(
        name = "audit",
        description = "Reads the audit trail, and manages legal holds and retention.",
        subcommands = {
            Audit.List.class,
            AuditRedactedValue.class,
            Audit.Show.class,
            Audit.History.class,
            AuditExport.class,
            Audit.Access.class,
            AuditRetention.class,
            AuditHold.class
        })
final class Audit {
    /** {@code audit list}: the newest entries. */
    @Command(
            name = "list",
            description = "Lists audit entries, newest first. Several filters must all match.",
            sortOptions = false)
    static final class List extends TrailCommand {
        @Mixin
        private QueryOptions.Filters filters = new QueryOptions.Filters();

        @Mixin
        private QueryOptions.Page page = new QueryOptions.Page();

        @Mixin
        private QueryOptions.Output output = new QueryOptions.Output();

        @Override
        void check() {
            PostgresReader.checkCursor(EntryParameters.query(parameters()).cursor());
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = filters.parameters();
            page.addTo(parameters);
            QueryOptions.put(parameters, "body", output.json() ? "true" : null);
            return parameters;
        }

        @Override
        ExitCode run(Session session) throws Exception {
            Map<String, String> parameters = parameters();
            Page<AuditEntry> found =
                    await(session.reader().search(session.identity(), parameters, EntryParameters.query(parameters)));
            return print(found, output.json(), EntryJson::of, page -> table(page, session));
        }

        private TextTable table(Page<AuditEntry> found, Session session) {
            QueryOptions.TimeFormat times = output.times();
            TextTable table = new TextTable(
                    times.title(),
                    "OPERATION",
                    "OUTCOME",
                    "STATUS",
                    "BOT",
                    "ENTRY",
                    "CONVERSATION",
                    "ACTIVITY",
                    "MEMBER",
                    "REQUEST");
            for (AuditEntry entry : found.entries()) {
                Intent intent = entry.intent();
                Outcome outcome = entry.outcome();
                table.add(
                        times.text(intent.exchange().at()),
                        intent.operation(),
                        entry.status().text(),
                        outcome == null ? null : outcome.status(),
                        session.botName(intent),
                        intent.exchange().id(),
                        firstOf(intent.conversation(), outcome == null ? null : outcome.conversation()),
                        firstOf(outcome == null ? null : outcome.activity(), intent.activity()),
                        intent.member(),
                        intent.requestId());
            }
            return table;
        }

        private static @Nullable String firstOf(@Nullable String first, @Nullable String second) {
            return first == null ? second : first;
        }
    }

    /** {@code audit show ID}: one entry, complete. */
    @Command(
            name = "show",
            description = "Shows one audit entry completely: the request with its body, and the outcome.")
    static final class Show extends TrailCommand {
        @Parameters(paramLabel = "ID", description = "The entry's id, as audit list prints it.")
        private @Nullable String id;

        @Override
        void check() {
            var unused = entry();
        }

        private UUID entry() {
            return id(String.valueOf(id), "the id of an entry, such as 019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11");
        }

        @Override
        ExitCode run(Session session) throws Exception {
            Optional<AuditEntry> found = await(session.reader().show(session.identity(), entry()));
            if (found.isEmpty()) {
                err().println("No such entry: " + entry());
                return ExitCode.FAILED;
            }
            JsonObject json = EntryJson.checked(found.get());
            out().println(json.encodePrettily());
            out().flush();
            if (json.containsKey("warning")) {
                err().println("WARNING: " + json.getString("warning"));
                return ExitCode.MISMATCH;
            }
            return ExitCode.OK;
        }
    }

    /** {@code audit history ACTIVITY}: every change of one activity. */
    @Command(
            name = "history",
            description =
                    "Shows how one activity was sent, updated and deleted, oldest first: by which bot, and with what body.")
    static final class History extends TrailCommand {
        @Parameters(paramLabel = "ACTIVITY", description = "The activity's id.")
        private @Nullable String activity;

        @Option(
                names = "--conversation",
                paramLabel = "ID",
                description = "The activity's conversation. Other conversations may have an activity with the same id.")
        private @Nullable String conversation;

        @Mixin
        private QueryOptions.Cursor cursor = new QueryOptions.Cursor();

        @Mixin
        private QueryOptions.Output output = new QueryOptions.Output();

        @Override
        void check() {
            PostgresReader.checkCursor(EntryParameters.query(parameters()).cursor());
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            QueryOptions.put(parameters, "conversation", conversation);
            cursor.addTo(parameters);
            return parameters;
        }

        @Override
        ExitCode run(Session session) throws Exception {
            String id = String.valueOf(activity);
            Map<String, String> recorded = parameters();
            recorded.put("activity", id);
            Page<AuditEntry> found = await(
                    session.reader().history(session.identity(), recorded, id, EntryParameters.query(parameters())));
            return print(
                    found,
                    output.json(),
                    entry -> new JsonObject()
                            .put("change", EntryJson.change(id, entry))
                            .mergeIn(EntryJson.of(entry)),
                    page -> table(id, page, session));
        }

        private TextTable table(String id, Page<AuditEntry> found, Session session) {
            QueryOptions.TimeFormat times = output.times();
            TextTable table = new TextTable(times.title(), "CHANGE", "OUTCOME", "BY", "ENTRY", "BODY");
            for (AuditEntry entry : found.entries()) {
                Intent intent = entry.intent();
                Buffer body = intent.body().bytes();
                table.add(
                        times.text(intent.exchange().at()),
                        EntryJson.change(id, entry),
                        entry.status().text(),
                        session.botName(intent),
                        intent.exchange().id(),
                        body == null ? null : body.toString(StandardCharsets.UTF_8));
            }
            return table;
        }
    }

    /** {@code audit access}: who read the trail, who changed its holds, and what was dropped of it. */
    @Command(
            name = "access",
            description = "Lists who read or changed the audit trail, newest first. This command is recorded too.",
            sortOptions = false)
    static final class Access extends TrailCommand {
        @Mixin
        private QueryOptions.Range range = new QueryOptions.Range();

        @Option(names = "--reader", paramLabel = "NAME", description = "By the token or user of this name.")
        private @Nullable String reader;

        @Option(
                names = "--action",
                paramLabel = "ACTION",
                description = "This action: search, show, history, export, export-end, access, hold-list, hold-add,"
                        + " hold-remove, drop or refused.")
        private @Nullable String action;

        @Mixin
        private QueryOptions.Page page = new QueryOptions.Page();

        @Mixin
        private QueryOptions.Output output = new QueryOptions.Output();

        @Override
        void check() {
            PostgresReader.checkCursor(EntryParameters.accessQuery(parameters()).cursor());
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            range.addTo(parameters);
            QueryOptions.put(parameters, "reader", reader);
            QueryOptions.put(parameters, "action", action);
            page.addTo(parameters);
            return parameters;
        }

        @Override
        ExitCode run(Session session) throws Exception {
            Map<String, String> parameters = parameters();
            Page<AccessRecord> found = await(session.reader()
                    .accessRecords(session.identity(), parameters, EntryParameters.accessQuery(parameters)));
            return print(found, output.json(), EntryJson::of, this::table);
        }

        private TextTable table(Page<AccessRecord> found) {
            QueryOptions.TimeFormat times = output.times();
            TextTable table = new TextTable(times.title(), "ACTION", "READER", "FROM", "ENTRIES", "FILTERS");
            for (AccessRecord access : found.entries()) {
                table.add(
                        times.text(access.at()),
                        access.action().text(),
                        access.reader().name(),
                        access.reader().origin(),
                        access.entries(),
                        new TreeMap<>(access.filters()));
            }
            return table;
        }
    }
}
