package dev.botgate.audit.redaction;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Keys for tests: each is one letter, 32 times. */
public final class Keys {
    /** The key {@code v1}. */
    public static final String V1 = of('k');

    private Keys() {}

    /** Settings with one key, which is current. */
    public static RedactionKeySettings v1() {
        return new RedactionKeySettings("v1", Map.of("v1", V1), null);
    }

    public static RedactionKey key() {
        return new RedactionKeys(v1(), Optional.empty()).current().orElseThrow();
    }

    /** The replacement of this text. */
    public static String text(String value) {
        return new RedactionKeys(v1(), Optional.empty())
                .replacementsOfText(value)
                .get(0);
    }

    /** The replacement of this scalar. */
    public static String json(String value) {
        return new RedactionKeys(v1(), Optional.empty())
                .replacementsOfJson(value)
                .get(0);
    }

    /** A key in base64. */
    public static String of(char letter) {
        return Base64.getEncoder()
                .encodeToString(String.valueOf(letter).repeat(32).getBytes(StandardCharsets.US_ASCII));
    }
}
