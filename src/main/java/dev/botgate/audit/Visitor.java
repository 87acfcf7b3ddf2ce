package dev.botgate.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who reads the trail, or changes what is kept of it.
 *
 * @param name of the token, or of the operating system's user; null where nobody was recognized
 * @param origin where from: the remote address, or the name of the host where a command ran
 */
public record Visitor(@Nullable String name, String origin) {
    public Visitor {
        name = Storable.textOrNull(name);
        origin = Storable.text(origin);
    }
}
