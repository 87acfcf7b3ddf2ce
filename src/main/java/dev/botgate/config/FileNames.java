package dev.botgate.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths from texts. Java encodes file names as the locale of the process says, so where that is not UTF-8, a name beyond
 * ASCII would be another file's, or nobody's.
 */
public final class FileNames {
    /** What lifts the limit. */
    public static final String REMEDY = "set LC_ALL=C.UTF-8";

    private static final boolean UTF_8 =
            System.getProperty("sun.jnu.encoding", "UTF-8").equalsIgnoreCase("UTF-8");

    private FileNames() {}

    /** Whether the locale of this process is one of UTF-8. */
    public static boolean localeIsUtf8() {
        return UTF_8;
    }

    /**
     * The path that {@code text} names.
     *
     * @throws IllegalArgumentException when it cannot be named in this process
     */
    public static Path path(String text) {
        if (!UTF_8 && !isAscii(text)) {
            throw new InvalidPathException(text, "names beyond ASCII need a locale of UTF-8 (" + REMEDY + ")");
        }
        return Path.of(text);
    }

    /** Whether all of {@code text} is ASCII. */
    public static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }
}
