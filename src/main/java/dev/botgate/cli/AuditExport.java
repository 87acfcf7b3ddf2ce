package dev.botgate.cli;

import dev.botgate.admin.ExportFormat;
import dev.botgate.admin.ExportParameters;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.EntryExport;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.Blocking;
import io.vertx.core.Future;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit export}: all entries that are meant, oldest first, as lines. */
@Command(
        name = "export",
        description = "Writes what was recorded until now, oldest first; all filters that are given must hold.",
        sortOptions = false)
final class AuditExport extends TrailCommand {
    private static final Duration LIMIT = Duration.ofDays(7);

    @Mixin
    private EntryFilters filters = new EntryFilters();

    @Option(names = "--body", description = "With the bodies.")
    private boolean body;

    @Option(names = "--format", paramLabel = "FORMAT", description = "ndjson or csv; ndjson unless given.")
    private @Nullable String format;

    @Option(names = "--bom", description = "Begin CSV with a byte order mark, by which Excel knows that it is UTF-8.")
    private boolean bom;

    @Option(
            names = "--after",
            paramLabel = "ID",
            description = "Go on behind the entry with this id: the last line of an export that was cut off.")
    private @Nullable String after;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A new file, or with --after one to append to; standard output unless given.")
    private @Nullable Path output;

    AuditExport(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    void check() {
        var unused = ExportParameters.of(parameters());
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = filters.parameters();
        EntryFilters.put(parameters, "body", body ? "true" : null);
        EntryFilters.put(parameters, "format", format);
        EntryFilters.put(parameters, "bom", bom ? "true" : null);
        EntryFilters.put(parameters, "after", after);
        return parameters;
    }

    @Override
    ExitCode run(Trail trail) throws Exception {
        Map<String, String> parameters = parameters();
        ExportParameters asked = ExportParameters.of(parameters);
        try (OutputStream to = open();
                ExportProgress progress = new ExportProgress(err(), Logging.isTerminal(2))) {
            EntryExport export =
                    await(trail.reader().export(trail.visitor(), parameters, asked.query(), asked.after()));
            progress.until(export.end());
            if (asked.after() != null) {
                cutTail(asked.format());
            }
            to.write(asked.head().getBytes());
            long entries = Blocking.await(export.run(page -> write(trail, asked.format(), page, to, progress)), LIMIT);
            to.flush();
            progress.done(entries);
            return ExitCode.OK;
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    "output: " + output + " (expected: a new file; --after ID appends to this one)", e);
        }
    }

    /** Beside the event loop, which gets the next page meanwhile. */
    private static Future<Void> write(
            Trail trail, ExportFormat format, List<AuditEntry> page, OutputStream to, ExportProgress progress) {
        return trail.vertx().executeBlocking(() -> {
            to.write(format.encode(page, trail.configuration().audit().botNames())
                    .getBytes());
            if (!page.isEmpty()) {
                progress.at(page.get(page.size() - 1).intent().exchange().at(), page.size());
            }
            return null;
        });
    }

    private void cutTail(ExportFormat to) throws IOException {
        if (output != null && Files.isRegularFile(output)) {
            long cut = ExportTail.cut(output, to);
            if (cut > 0) {
                err().println(output + ": the last line was cut off, its " + cut + " bytes were removed");
            }
        }
    }

    private OutputStream open() throws IOException {
        if (output == null) {
            return new FileOutputStream(FileDescriptor.out);
        }
        OpenOption[] options = after == null
                ? new OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE}
                : new OpenOption[] {StandardOpenOption.WRITE, StandardOpenOption.APPEND};
        return Files.newOutputStream(output, options);
    }
}
