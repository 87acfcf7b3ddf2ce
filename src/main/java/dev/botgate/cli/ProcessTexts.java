package dev.botgate.cli;

import dev.botgate.config.FileNames;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What passes between a process and its surroundings as text: UTF-8, whatever the locale.
 *
 * <p>Java decodes arguments by the locale before {@code main} sees them: without one, every byte beyond ASCII becomes
 * U+FFFD. Linux still has the bytes, in {@code /proc/self/cmdline}.
 */
final class ProcessTexts {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final String LOST = "\ufffd";

    private ProcessTexts() {}

    /** Makes standard output and standard error write UTF-8. */
    static void writeUtf8() {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    /** A writer of {@code stream} that ends its lines at once. */
    static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /**
     * The arguments as they were given to the process.
     *
     * @param decoded as Java gave them to {@code main}
     * @throws IllegalArgumentException where they are not UTF-8, or lost; where the working directory or a variable is lost
     */
    static String[] arguments(String[] decoded, Map<String, String> environment) {
        if (!FileNames.localeIsUtf8()) {
            checkSurroundings(environment);
        }
        return Arrays.stream(decoded).allMatch(ProcessTexts::isCertain) ? decoded : given(decoded);
    }

    private static boolean isCertain(String text) {
        return FileNames.localeIsUtf8() ? !text.contains(LOST) : FileNames.isAscii(text);
    }

    private static void checkSurroundings(Map<String, String> environment) {
        if (!FileNames.isAscii(System.getProperty("user.dir"))) {
            throw refused("The working directory's name is not ASCII");
        }
        environment.forEach((name, value) -> {
            if (name.startsWith("BOTGATE_") && !FileNames.isAscii(value)) {
                throw refused(name + " is not ASCII");
            }
        });
    }

    private static String[] given(String[] decoded) {
        List<byte[]> all = commandLine();
        int first = all.size() - decoded.length;
        String[] given = new String[decoded.length];
        for (int i = 0; i < decoded.length; i++) {
            given[i] = first > 0 ? utf8(all.get(first + i)) : "";
            if (!ascii(given[i]).equals(ascii(decoded[i]))) {
                throw refused("An argument is not ASCII");
            }
        }
        return given;
    }

    /** The parts of the command line of this process; nothing where the system does not tell them. */
    private static List<byte[]> commandLine() {
        List<byte[]> parts = new ArrayList<>();
        try {
            byte[] line = Files.readAllBytes(COMMAND_LINE);
            int start = 0;
            for (int end = 0; end < line.length; end++) {
                if (line[end] == 0) {
                    parts.add(Arrays.copyOfRange(line, start, end));
                    start = end + 1;
                }
            }
        } catch (IOException e) {
            parts.clear();
        }
        return parts;
    }

    private static String utf8(byte[] argument) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(argument))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("An argument is not UTF-8", e);
        }
    }

    /** What is the same in every encoding that a locale may have. */
    private static String ascii(String text) {
        return text.replaceAll("[^\\x01-\\x7f]", "");
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException(what + ", and the locale is not UTF-8: " + FileNames.REMEDY);
    }
}
