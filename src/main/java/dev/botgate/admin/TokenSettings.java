package dev.botgate.admin;

import static dev.botgate.failure.SettingCheck.refused;

/**
 * A token of the operator's listener, by its digest; the token itself is nowhere.
 *
 * @param role what it is good for
 * @param sha256 the SHA-256 of its UTF-8 bytes, in hex
 */
public record TokenSettings(Role role, String sha256) {
    public TokenSettings {
        if (!sha256.matches("[0-9a-fA-F]{64}")) {
            throw refused(
                    "sha256", "(withheld)", "64 hex digits, the SHA-256 of a token; \"botgate token NAME\" makes one");
        }
    }
}
