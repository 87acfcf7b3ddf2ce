package dev.botgate.audit;

import java.util.UUID;

/**
 * Who records: one run of one gateway.
 *
 * @param name the setting {@code audit.gateway}, or the host's name
 * @param boot of this run alone
 */
public record Gateway(String name, UUID boot) {
    public Gateway {
        name = Storable.text(name);
    }

    /** A run that begins now, under {@code name}. */
    public static Gateway starting(String name) {
        return new Gateway(name, UUID.randomUUID());
    }
}
