package dev.botgate.config;

import java.util.regex.Pattern;

/** Which settings hold what must not be shown. */
final class Secrets {
    private static final Pattern NAMES =
            Pattern.compile("(?<![a-z])(passw|secret|key|token|credential)", Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** Whether {@code text}, the path of a setting or a line of a file, names a secret. */
    static boolean named(String text) {
        return NAMES.matcher(text).find();
    }
}
