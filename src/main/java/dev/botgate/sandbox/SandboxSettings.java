package dev.botgate.sandbox;

import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notBlank;

/**
 * Settings of the simulated connector.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 */
public record SandboxSettings(String host, int port) {
    public SandboxSettings {
        notBlank("host", host);
        between("port", port, 0, 65_535);
    }
}
