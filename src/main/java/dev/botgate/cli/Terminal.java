package dev.botgate.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The terminal that shows what the process writes, if there is one. */
final class Terminal {
    /** Files and other programs take lines of any length. */
    static final int UNLIMITED = 1 << 20;

    private static final int DEFAULT_WIDTH = 80;

    private Terminal() {}

    /** Whether a terminal shows the stream: 1 for standard output, 2 for standard error. */
    static boolean shows(int descriptor) {
        try {
            if (Files.exists(Path.of("/proc/self/fd"))) {
                return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)))
                        .toString()
                        .matches("/dev/(pts/.*|tty.*|console)");
            }
            return new ProcessBuilder("test", "-t", Integer.toString(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The width for standard output: {@code COLUMNS}, else the terminal's, else 80 on a terminal and no limit elsewhere. */
    static int width() {
        return width(System.getenv("COLUMNS"), shows(1));
    }

    static int width(@Nullable String columns, boolean terminal) {
        int given = number(columns);
        return given > 0 ? given : terminal ? terminalWidth() : UNLIMITED;
    }

    private static int terminalWidth() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int width = number(size.strip().replaceFirst("^\\d+ ", ""));
            return width > 0 ? width : DEFAULT_WIDTH;
        } catch (IOException e) {
            return DEFAULT_WIDTH;
        }
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("[1-9]\\d{0,4}") ? Integer.parseInt(text) : 0;
    }
}
