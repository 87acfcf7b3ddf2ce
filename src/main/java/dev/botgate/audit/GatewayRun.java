package dev.botgate.audit;

import java.util.UUID;

/**
 * Who records: one run of one gateway.
 *
 * @param name the setting {@code audit.gateway}, or the host's name
 * @param runId of this run alone
 */
public record GatewayRun(String name, UUID runId) {
    public GatewayRun {
        name = SanitizedText.text(name);
    }

    /** A run that begins now, under {@code name}. */
    public static GatewayRun starting(String name) {
        return new GatewayRun(name, UUID.randomUUID());
    }
}
