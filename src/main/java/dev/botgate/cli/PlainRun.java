package dev.botgate.cli;

import dev.botgate.config.FileNames;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code run} as it is nearly always written: with {@code --config FILE}, {@code --sandbox}, both or neither, each once.
 *
 * <p>Understanding it without picocli saves a tenth of the time that a gateway takes to start. Everything else, mistakes
 * included, is for picocli.
 *
 * @param config the named configuration; null for none
 */
record PlainRun(@Nullable Path config, boolean sandbox) {

    /** The command line as one of these, where it is one and means the same to picocli. */
    static Optional<PlainRun> of(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("run")) {
            return Optional.empty();
        }
        @Nullable String config = null;
        boolean sandbox = false;
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--sandbox") && !sandbox) {
                sandbox = true;
            } else if (argument.startsWith("--config=") && config == null) {
                config = argument.substring("--config=".length());
            } else if ((argument.equals("--config") || argument.equals("-c"))
                    && config == null
                    && i + 1 < arguments.length) {
                config = arguments[++i];
            } else {
                return Optional.empty();
            }
            if (config != null && !isPlain(config)) {
                return Optional.empty();
            }
        }
        return Optional.of(new PlainRun(config == null ? null : Path.of(config), sandbox));
    }

    /** ASCII, neither an option, nor a file of arguments, nor quoted. */
    private static boolean isPlain(String file) {
        return !file.isEmpty()
                && (Character.isLetterOrDigit(file.charAt(0)) || "._/".indexOf(file.charAt(0)) >= 0)
                && file.indexOf('"') < 0
                && FileNames.isAscii(file);
    }
}
