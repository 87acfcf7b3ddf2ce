package dev.botgate.admin;

import dev.botgate.audit.access.EntryQuery;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to export, and in which format.
 *
 * @param query the filters
 * @param format parameter {@code format}; NDJSON by default
 * @param bom parameter {@code bom}: whether CSV begins with a byte order mark, by which Excel recognizes UTF-8
 * @param after parameter {@code after}: the last entry that the client already has; null to begin with the first
 */
public record ExportParameters(EntryQuery query, ExportFormat format, boolean bom, @Nullable UUID after) {
    /**
     * Reads query parameters or command line options.
     *
     * @throws IllegalArgumentException naming the parameter, and what was expected
     */
    public static ExportParameters of(Map<String, String> parameters) {
        Map<String, String> filters = new LinkedHashMap<>(parameters);
        ExportFormat format =
                parameters.containsKey("format") ? ExportFormat.ofText(filters.remove("format")) : ExportFormat.NDJSON;
        String bom = filters.remove("bom");
        String after = filters.remove("after");
        for (String name : new String[] {"limit", "cursor"}) {
            if (filters.containsKey(name)) {
                throw new IllegalArgumentException(name + " (expected: none; an export has no pages)");
            }
        }
        boolean marked = bom != null && EntryParameters.bool("bom", bom);
        if (marked && format != ExportFormat.CSV) {
            throw new IllegalArgumentException("bom: " + bom + " (expected: with format csv)");
        }
        return new ExportParameters(
                EntryParameters.query(filters),
                format,
                marked,
                after == null ? null : EntryParameters.id("after", after));
    }

    /** The text before the first entry; empty when an export is continued. */
    public Buffer head() {
        if (after != null) {
            return Buffer.buffer();
        }
        return bom ? Buffer.buffer("\ufeff").appendBuffer(format.head()) : format.head();
    }
}
