package dev.botgate.admin;

import static dev.botgate.failure.Setting.between;
import static dev.botgate.failure.Setting.notBlank;

/**
 * Settings of the operator's listener.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 */
public record AdminSettings(String host, int port) {
    public AdminSettings {
        notBlank("host", host);
        between("port", port, 0, 65_535);
    }
}
