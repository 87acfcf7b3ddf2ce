package dev.botgate.audit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

    /** A run that begins now, under {@code name}, or under the host's name when that is null. Asks the system for it, so may block. */
    public static Gateway starting(@Nullable String name) {
        return new Gateway(name == null ? hostName() : name, UUID.randomUUID());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
