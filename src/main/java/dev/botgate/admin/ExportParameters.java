package dev.botgate.admin;

import dev.botgate.audit.EntryQuery;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to export: the filters of a search, and
 *
 * @param format {@code format}: ndjson unless given
 * @param after {@code after}: the last entry that is there already
 */
public record ExportParameters(EntryQuery query, ExportFormat format, @Nullable UUID after) {
    /**
     * Reads them from named texts.
     *
     * @throws IllegalArgumentException naming the parameter, and what was expected
     */
    public static ExportParameters of(Map<String, String> parameters) {
        Map<String, String> filters = new LinkedHashMap<>(parameters);
        ExportFormat format =
                parameters.containsKey("format") ? ExportFormat.ofText(filters.remove("format")) : ExportFormat.NDJSON;
        String after = filters.remove("after");
        for (String name : new String[] {"limit", "cursor"}) {
            if (filters.containsKey(name)) {
                throw new IllegalArgumentException(name + " (expected: none; an export has no pages)");
            }
        }
        return new ExportParameters(
                EntryParameters.query(filters), format, after == null ? null : EntryParameters.id("after", after));
    }
}
