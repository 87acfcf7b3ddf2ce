package dev.botgate.gateway;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.Recording;
import dev.botgate.audit.redaction.RedactionKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the redaction keys from the settings and the file that they name. */
public final class RedactionKeyRing {
    private RedactionKeyRing() {}

    /** @throws IllegalArgumentException naming the setting, when the file cannot be read or a key is invalid */
    public static RedactionKeys of(AuditSettings audit) {
        return new RedactionKeys(
                audit.redactionKeys(), text(audit.redactionKeys().file()));
    }

    /** What will be recorded. Throws as {@link #of} does. */
    public static Recording recording(AuditSettings audit) {
        return new Recording(audit, of(audit));
    }

    private static Optional<String> text(@Nullable Path file) {
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "audit.redaction-keys.file: " + file + ": not readable (expected: a text file of keys)", e);
        }
    }
}
