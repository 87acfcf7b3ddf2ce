package dev.botgate.audit.redaction;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All versions of the redaction key: the current one, and older ones that replaced values in existing records. */
public final class RedactionKeys {
    private static final String FILE = "audit.redaction-keys.file: ";

    private final Map<String, RedactionKey> byVersion = new TreeMap<>();
    private final @Nullable RedactionKey current;

    /**
     * The keys of {@code settings}.
     *
     * @param fileText the text of their file, if they have one: a {@code VERSION: KEY} on each line that is not blank
     *     and does not begin with {@code #}
     * @throws IllegalArgumentException naming the setting and the line, and never a key
     */
    public RedactionKeys(RedactionKeySettings settings, Optional<String> fileText) {
        Map<String, String> keys = new TreeMap<>(settings.versions());
        int number = 0;
        for (String line :
                fileText.stream().flatMap(String::lines).map(String::strip).toList()) {
            number++;
            if (!line.isEmpty() && !line.startsWith("#")) {
                add(line, settings.file() + ", line " + number, keys);
            }
        }
        keys.forEach((version, key) -> byVersion.put(
                version, new RedactionKey(version, Base64.getDecoder().decode(key))));
        this.current = settings.current() == null ? null : byVersion.get(settings.current());
        if (settings.current() != null && current == null) {
            throw new IllegalArgumentException("audit.redaction-keys.current: " + settings.current()
                    + " (expected: the version of a key: " + String.join(", ", byVersion.keySet()) + ")");
        }
    }

    private static void add(String line, String place, Map<String, String> keys) {
        int colon = line.indexOf(':');
        String version = colon < 0 ? "" : line.substring(0, colon).strip();
        if (!RedactionKeySettings.isVersion(version)) {
            throw new IllegalArgumentException(
                    FILE + place + " (expected: VERSION: KEY, the version of " + RedactionKeySettings.VERSION + ")");
        }
        String key = line.substring(colon + 1).strip();
        if (!RedactionKeySettings.isKey(key)) {
            throw new IllegalArgumentException(
                    FILE + place + ", " + version + " (expected: " + RedactionKeySettings.KEY + ")");
        }
        String other = keys.putIfAbsent(version, key);
        if (other != null && !other.equals(key)) {
            throw new IllegalArgumentException(FILE + place + ", " + version + " (expected: one key of this version)");
        }
    }

    /** The key for new records, if there is one. */
    public Optional<RedactionKey> current() {
        return Optional.ofNullable(current);
    }

    /** What the trail holds in place of the text {@code value}, for each key: the current one first, then by version. */
    public List<String> replacementsOfText(String value) {
        return replacements(JsonScalars.string(value));
    }

    /**
     * The same for a JSON scalar.
     *
     * @throws IllegalArgumentException when {@code json} is not a scalar
     */
    public List<String> replacementsOfJson(String json) {
        return JsonScalars.parse(json)
                .map(this::replacements)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no JSON scalar (expected: a string in double quotes, a number, true, false or null)"));
    }

    private List<String> replacements(byte[] scalar) {
        List<RedactionKey> keys = new ArrayList<>(byVersion.values());
        if (current != null) {
            keys.remove(current);
            keys.add(0, current);
        }
        return keys.stream().map(key -> key.replacement(key.mac(), scalar)).toList();
    }
}
