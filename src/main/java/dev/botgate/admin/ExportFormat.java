package dev.botgate.admin;

import dev.botgate.audit.AuditEntry;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The formats of an export. */
public enum ExportFormat {
    /** One JSON object a line, as {@link EntryJson} shows it. */
    NDJSON("application/x-ndjson"),
    /** RFC 4180, with a line of names, as {@link EntryCsv} writes it. */
    CSV("text/csv; charset=utf-8; header=present");

    private final String mediaType;

    ExportFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** The format of this name. */
    public static ExportFormat ofText(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("format: " + text + " (expected: "
                        + Arrays.stream(values()).map(ExportFormat::text).collect(Collectors.joining(", ")) + ")"));
    }

    /** Its name, which is also the file extension. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String mediaType() {
        return mediaType;
    }

    /** The text before the first entry. */
    public Buffer head() {
        return this == CSV ? Buffer.buffer(EntryCsv.head()) : Buffer.buffer();
    }

    /**
     * Encodes entries.
     *
     * @param botNames app id to the name in the CSV column {@code bot_name}
     */
    public Buffer encode(List<AuditEntry> entries, Map<String, String> botNames) {
        if (this == NDJSON) {
            return EntryJson.lines(entries);
        }
        StringBuilder lines = new StringBuilder(entries.size() * 512);
        entries.forEach(entry -> EntryCsv.append(entry, botNames, lines));
        return Buffer.buffer(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
