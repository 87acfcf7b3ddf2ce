package dev.botgate.cli;

import dev.botgate.audit.redaction.RedactionKeys;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.RedactionKeyRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit redacted-value}: the digest that replaces a value in the trail, to search for it. */
@Command(
        name = "redacted-value",
        description =
                "Prints what the audit trail holds in place of a value that audit.redact replaces: a line for each"
                        + " version of the key, the current one first.",
        sortOptions = false)
final class AuditRedactedValue extends ConfiguredCommand {
    @Parameters(
            paramLabel = "VALUE",
            arity = "0..1",
            description =
                    "The text that was replaced. Without it, standard input is read (without its last line break),"
                            + " which keeps the text out of the shell's history.")
    private @Nullable String value;

    @Option(names = "--json", description = "The value is JSON: \"a text\", 12.50, true, false or null.")
    private boolean json;

    @Override
    ExitCode run(ConfigurationReader.Loaded loaded) throws IOException {
        RedactionKeys keys;
        try {
            keys = RedactionKeyRing.of(loaded.configuration().audit());
        } catch (IllegalArgumentException e) {
            err().println(e.getMessage());
            return ExitCode.CONFIGURATION;
        }
        String text = value == null ? input() : value;
        List<String> found;
        try {
            found = json ? keys.replacementsOfJson(text) : keys.replacementsOfText(text);
        } catch (IllegalArgumentException e) {
            err().println("VALUE: " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (found.isEmpty()) {
            err().println("audit.redaction-keys: there is no key, so nothing is replaced");
            return ExitCode.CONFIGURATION;
        }
        found.forEach(out()::println);
        return ExitCode.OK;
    }

    private static String input() throws IOException {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
    }
}
