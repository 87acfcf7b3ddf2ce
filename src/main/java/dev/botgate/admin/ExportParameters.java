package dev.botgate.admin;

import dev.botgate.audit.access.EntryQuery;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to export: the filters of a search, and
 *
 * @param format {@code format}: ndjson unless given
 * @param bom {@code bom}: whether CSV begins with a byte order mark, by which Excel knows UTF-8
 * @param after {@code after}: the last entry that is there already
 */
public record ExportParameters(EntryQuery query, ExportFormat format, boolean bom, @Nullable UUID after) {
    /**
     * Reads them from named texts.
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

    /** What comes before the first entry: nothing where an export is resumed. */
    public Buffer head() {
        if (after != null) {
            return Buffer.buffer();
        }
        return bom ? Buffer.buffer("\ufeff").appendBuffer(format.head()) : format.head();
    }
}
