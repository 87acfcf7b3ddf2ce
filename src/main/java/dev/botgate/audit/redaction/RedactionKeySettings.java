package dev.botgate.audit.redaction;

import dev.botgate.failure.SettingCheck;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of redaction.
 *
 * @param current the version for new records; null where nothing is redacted
 * @param versions version to key, in base64
 * @param file more keys, one a line, such as {@code v1: BASE64}
 */
public record RedactionKeySettings(@Nullable String current, Map<String, String> versions, @Nullable Path file) {
    static final String KEY = "base64 of at least 32 random bytes, such as \"openssl rand -base64 32\" prints";
    static final String VERSION = "letters, digits, dots and hyphens, at most 32";
    private static final Pattern VERSIONS = Pattern.compile("[A-Za-z0-9.-]{1,32}");
    private static final int MIN_KEY_BYTES = 32;

    public RedactionKeySettings {
        versions = Map.copyOf(new LinkedHashMap<>(versions));
        versions.forEach((version, key) -> {
            if (!isVersion(version)) {
                throw SettingCheck.refused("versions", version, VERSION);
            }
            if (!isKey(key)) {
                throw SettingCheck.refused("versions", version, KEY);
            }
        });
        if (current != null && file == null && !versions.containsKey(current)) {
            throw SettingCheck.refused(
                    "current",
                    current,
                    versions.isEmpty()
                            ? "a version in versions, or in a file"
                            : "one of versions, " + versions.keySet());
        }
    }

    static boolean isVersion(String text) {
        return VERSIONS.matcher(text).matches();
    }

    static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length >= MIN_KEY_BYTES;
        } catch (IllegalArgumentException noBase64) {
            return false;
        }
    }

    /** The settings without the keys. */
    @Override
    public String toString() {
        return "RedactionKeySettings[current=" + current + ", versions=" + versions.keySet() + ", file=" + file + "]";
    }
}
