package dev.botgate.audit;

import org.jspecify.annotations.Nullable;

/**
 * Text as any store can keep it: valid Unicode without U+0000, which PostgreSQL's {@code text} refuses.
 *
 * <p>U+0000 becomes U+2400 (its symbol), half of a surrogate pair U+FFFD. It happens when an entry is made, so that
 * what is recorded, searched for and digested is the same. The raw URI keeps what an id really was.
 */
public final class SanitizedText {
    private SanitizedText() {}

    public static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == 0 || Character.isSurrogate(character)) {
                return repaired(text);
            }
        }
        return text;
    }

    public static @Nullable String textOrNull(@Nullable String text) {
        return text == null ? null : text(text);
    }

    private static String repaired(String text) {
        StringBuilder repaired = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point == 0 ? '\u2400' : isHalf(point) ? '\uFFFD' : point)
                .forEach(repaired::appendCodePoint);
        return repaired.toString();
    }

    private static boolean isHalf(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
