package dev.botgate.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.botgate.cache.Invalidation;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What gateways tell each other: {@code 1&from&upstream&conversation}, each percent-encoded, empty for all.
 *
 * @param from the gateway that tells
 */
record InvalidationMessage(String from, Invalidation drop) {
    private static final String VERSION = "1";

    String text() {
        return String.join("&", VERSION, encoded(from), encoded(drop.upstream()), encoded(drop.conversation()));
    }

    /** Empty for what is no message of this kind. */
    static Optional<InvalidationMessage> read(String text) {
        String[] parts = text.split("&", -1);
        if (parts.length != 4 || !parts[0].equals(VERSION)) {
            return Optional.empty();
        }
        try {
            String from = URLDecoder.decode(parts[1], UTF_8);
            return Optional.of(new InvalidationMessage(from, new Invalidation(decoded(parts[2]), decoded(parts[3]))));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static String encoded(@Nullable String text) {
        return text == null ? "" : URLEncoder.encode(text, UTF_8);
    }

    private static @Nullable String decoded(String text) {
        return text.isEmpty() ? null : URLDecoder.decode(text, UTF_8);
    }
}
