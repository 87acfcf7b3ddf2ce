package dev.botgate.cli;

import dev.botgate.admin.ExportFormat;
import dev.botgate.admin.ExportParameters;
import dev.botgate.audit.access.EntryExport;
import dev.botgate.gateway.Blocking;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit export}: all entries that match, oldest first, one per line. */
@Command(
        name = "export",
        description =
                "Writes audit entries that were recorded until now, oldest first. Several filters must all match.",
        sortOptions = false)
final class AuditExport extends TrailCommand {
    private static final Duration LIMIT = Duration.ofDays(7);

    @Mixin
    private QueryOptions.Filters filters = new QueryOptions.Filters();

    @Option(names = "--body", description = "Include the bodies.")
    private boolean body;

    @Option(names = "--format", paramLabel = "FORMAT", description = "ndjson or csv. Default: ndjson.")
    private @Nullable String format;

    @Option(names = "--bom", description = "Begin CSV with a byte order mark, from which Excel knows that it is UTF-8.")
    private boolean bom;

    @Option(
            names = "--after",
            paramLabel = "ID",
            description = "Continue after the entry with this id, which is on the last line of an interrupted export.")
    private @Nullable String after;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "A new file, or with --after an existing one to append to. Default: standard output.")
    private @Nullable Path output;

    @Override
    void check() {
        var unused = ExportParameters.of(parameters());
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = filters.parameters();
        QueryOptions.put(parameters, "body", body ? "true" : null);
        QueryOptions.put(parameters, "format", format);
        QueryOptions.put(parameters, "bom", bom ? "true" : null);
        QueryOptions.put(parameters, "after", after);
        return parameters;
    }

    @Override
    ExitCode run(Session session) throws Exception {
        Map<String, String> parameters = parameters();
        ExportParameters wanted = ExportParameters.of(parameters);
        long begin = System.nanoTime();
        AtomicLong written = new AtomicLong();
        try (OutputStream to = open()) {
            EntryExport export =
                    await(session.reader().export(session.identity(), parameters, wanted.query(), wanted.after()));
            if (wanted.after() != null) {
                removeTornLine(wanted.format());
            }
            to.write(wanted.head().getBytes());
            // Written beside the event loop, which gets the next page meanwhile.
            long entries = Blocking.await(
                    export.run(page -> session.vertx().executeBlocking(() -> {
                        to.write(wanted.format()
                                .encode(page, session.configuration().audit().botNames())
                                .getBytes());
                        showProgress(written.addAndGet(page.size()));
                        return null;
                    })),
                    LIMIT);
            to.flush();
            long perSecond = Math.round(entries * 1e9 / Math.max(1, System.nanoTime() - begin));
            err().println((Terminal.shows(2) ? "\r" : "")
                    + String.format(Locale.ROOT, "%,d entries, %,d/s", entries, perSecond));
            err().flush();
            return ExitCode.OK;
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    "output: " + output + " (expected: a new file; --after ID appends to this one)", e);
        }
    }

    private void showProgress(long entries) {
        if (Terminal.shows(2)) {
            err().print(String.format(Locale.ROOT, "\r%,d entries", entries));
            err().flush();
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

    private void removeTornLine(ExportFormat to) throws IOException {
        if (output != null && Files.isRegularFile(output)) {
            long removed = removeTornLine(output, to);
            if (removed > 0) {
                err().println(output + ": the last line was incomplete; removed its " + removed + " bytes");
            }
        }
    }

    /**
     * Cuts {@code file} after its last complete record.
     *
     * @return how many bytes were removed
     * @throws IllegalArgumentException when the file has content, but no complete record
     */
    static long removeTornLine(Path file, ExportFormat format) throws IOException {
        long size = Files.size(file);
        long complete = endOfLastRecord(file, format == ExportFormat.CSV);
        if (complete == size) {
            return 0;
        }
        if (complete == 0) {
            throw new IllegalArgumentException(
                    "output: " + file + " (expected: an export as " + format.text() + " with a complete line)");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(complete);
        }
        return size - complete;
    }

    /** In CSV, line breaks within quotes end no record; doubled quotes cancel out. */
    private static long endOfLastRecord(Path file, boolean csv) throws IOException {
        boolean quoted = false;
        int before = 0;
        long position = 0;
        long end = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int read = in.read(); read >= 0; read = in.read()) {
                position++;
                quoted ^= csv && read == '"';
                if (read == '\n' && !quoted && (!csv || before == '\r')) {
                    end = position;
                }
                before = read;
            }
        }
        return end;
    }
}
