package dev.botgate.admin;

import dev.botgate.failure.SettingCheck;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who may use the operator's listener.
 *
 * @param required when a token must be presented
 * @param tokens the tokens, by the names under which the trail records their use
 */
public record AuthenticationSettings(Required required, Map<String, TokenSettings> tokens) {
    /** When a token must be presented. */
    public enum Required {
        /** Where the listener is bound beyond loopback. */
        AUTO,
        ALWAYS
    }

    /** What a token gives access to. */
    public enum Role {
        /** The trail: {@code /audit}. */
        AUDITOR,
        /** All of the operator's listener but the trail. */
        OPERATOR
    }

    /**
     * A token, by its digest; the token itself is not stored.
     *
     * @param sha256 the SHA-256 of its UTF-8 bytes, in hex
     */
    public record TokenSettings(Role role, String sha256) {
        public TokenSettings {
            if (!sha256.matches("[0-9a-fA-F]{64}")) {
                throw SettingCheck.refused(
                        "sha256",
                        "(withheld)",
                        "64 hex digits, the SHA-256 of a token; \"botgate token NAME\" makes one");
            }
        }
    }

    /** No tokens, and none needed on loopback. */
    public static final AuthenticationSettings NONE = new AuthenticationSettings(Required.AUTO, Map.of());

    public AuthenticationSettings {
        tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    }
}
