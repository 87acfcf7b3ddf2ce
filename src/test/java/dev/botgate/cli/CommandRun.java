package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** What a command printed and how it ended, run inside the test's process. */
record CommandRun(int exit, String out, String err) {

    /** Runs {@code botgate} with {@code arguments}, in {@code directory}, with no environment but the one given. */
    static CommandRun botgate(Path directory, Map<String, String> environment, String... arguments) {
        return of(Botgate.commandLine(new ConfigurationReader(environment, directory)), arguments);
    }

    /** Runs any command line. */
    static CommandRun of(CommandLine commandLine, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .execute(arguments);
        return new CommandRun(exit, out.toString(), err.toString());
    }
}
