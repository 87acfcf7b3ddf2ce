package dev.botgate.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many columns there are for what goes to standard output. */
final class TerminalWidth {
    /** Files and other programs take lines of any length. */
    static final int UNLIMITED = 1 << 20;

    private static final int USUAL = 80;
    private static final Pattern SIZE = Pattern.compile("\\d+ (\\d{1,5})\\s*");
    private static final Pattern WIDTH = Pattern.compile("[1-9]\\d{0,4}");

    private TerminalWidth() {}

    /** What {@code COLUMNS} says, else what the terminal is, else 80 on a terminal and no limit elsewhere. */
    static int ofOutput() {
        return of(System.getenv("COLUMNS"), Logging.isTerminal(1));
    }

    static int of(@Nullable String columns, boolean terminal) {
        if (columns != null && WIDTH.matcher(columns).matches()) {
            return Integer.parseInt(columns);
        }
        return terminal ? asked() : UNLIMITED;
    }

    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Matcher size = SIZE.matcher(new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            int width = size.matches() ? Integer.parseInt(size.group(1)) : 0;
            return width > 0 ? width : USUAL;
        } catch (IOException e) {
            return USUAL;
        }
    }
}
