package dev.botgate.audit.access;

import dev.botgate.audit.SanitizedText;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the trail or changes legal holds.
 *
 * @param name of the token, or of the operating system's user; null where the caller is unknown
 * @param origin where from: the remote address, or the name of the host where a command ran
 */
public record AuditReaderIdentity(@Nullable String name, String origin) {
    public AuditReaderIdentity {
        name = SanitizedText.textOrNull(name);
        origin = SanitizedText.text(origin);
    }
}
