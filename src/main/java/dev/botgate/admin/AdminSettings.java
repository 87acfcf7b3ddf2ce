package dev.botgate.admin;

import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.refused;

import dev.botgate.admin.AuthenticationSettings.Required;

/**
 * Settings of the operator's listener. If tokens are required, there must be one.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param authentication who may use it
 */
public record AdminSettings(String host, int port, AuthenticationSettings authentication) {
    public AdminSettings {
        notBlank("host", host);
        between("port", port, 0, 65_535);
        if (authentication.tokens().isEmpty() && required(host, authentication)) {
            throw refused(
                    "authentication",
                    "no tokens",
                    "at least one under admin.authentication.tokens, since "
                            + (loopback(host)
                                    ? "admin.authentication.required is always"
                                    : "admin.host " + host + " is beyond loopback")
                            + "; \"botgate token NAME\" makes one");
        }
    }

    /** Whether a token must be presented. */
    boolean authenticationRequired() {
        return required(host, authentication);
    }

    private static boolean required(String host, AuthenticationSettings authentication) {
        return authentication.required() == Required.ALWAYS || !loopback(host);
    }

    /** Names are not resolved: a name other than localhost may be bound anywhere. */
    static boolean loopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127(\\.[0-9]{1,3}){3}|\\[?(0{0,4}:){2,7}0{0,3}1\\]?");
    }
}
