package dev.botgate.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Optional;

/**
 * A gateway's sign of life: {@code 1&from&number&every}, percent-encoded.
 *
 * @param from the gateway that lives
 * @param number which one it is, from one on
 * @param everyMillis when the next comes; zero when none will, since it has told all and goes
 */
record Beat(String from, long number, long everyMillis) {
    private static final String VERSION = "1";

    boolean isLast() {
        return everyMillis == 0;
    }

    String text() {
        return String.join(
                "&", VERSION, URLEncoder.encode(from, UTF_8), Long.toString(number), Long.toString(everyMillis));
    }

    /** Empty for what is no message of this kind. */
    static Optional<Beat> read(String text) {
        String[] parts = text.split("&", -1);
        if (parts.length != 4 || !parts[0].equals(VERSION)) {
            return Optional.empty();
        }
        try {
            String from = URLDecoder.decode(parts[1], UTF_8);
            return Optional.of(new Beat(from, Long.parseLong(parts[2]), Math.max(0, Long.parseLong(parts[3]))));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
