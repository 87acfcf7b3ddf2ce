package dev.botgate.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who may ask the operator's listener.
 *
 * @param required when a token must be shown
 * @param tokens the tokens, by the names under which the trail records their use
 */
public record AuthenticationSettings(Required required, Map<String, TokenSettings> tokens) {
    /** When a token must be shown. */
    public enum Required {
        /** Where the listener is bound beyond loopback. */
        AUTO,
        ALWAYS
    }

    /** No tokens, and none needed on loopback. */
    public static final AuthenticationSettings NONE = new AuthenticationSettings(Required.AUTO, Map.of());

    public AuthenticationSettings {
        tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    }
}
