package dev.botgate.cli;

import dev.botgate.admin.EntryJson;
import dev.botgate.audit.AuditEntry;
import dev.botgate.config.ConfigurationReader;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code audit show ID}: one exchange, whole. */
@Command(name = "show", description = "Shows one exchange whole: what was asked, with its body, and how it ended.")
final class AuditShow extends TrailCommand {
    @Parameters(paramLabel = "ID", description = "The entry's id, as audit list --json and exports have it.")
    private @Nullable String id;

    AuditShow(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        var unused = entry();
    }

    private UUID entry() {
        return id(String.valueOf(id), "the id of an entry, such as 019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11");
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        UUID entry = entry();
        Optional<AuditEntry> found = await(trail.reader().show(trail.visitor(), entry));
        if (found.isEmpty()) {
            err().println("No such entry: " + entry);
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
