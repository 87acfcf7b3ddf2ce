package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.FileNames;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command {@code botgate}. It does nothing without one of its subcommands, which read the configuration by {@code reader}. */
@Command(
        name = "botgate",
        description = "A gateway between bots and the Microsoft Bot Connector API.",
        mixinStandardHelpOptions = true,
        versionProvider = Botgate.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        scope = ScopeType.INHERIT,
        subcommands = {
            Run.class,
            SandboxCommand.class,
            CheckConfig.class,
            Migrate.class,
            ServiceUrl.class,
            Token.class,
            Audit.class
        })
public record Botgate(ConfigurationReader reader) {
    public static void main(String[] decoded) {
        ProcessEnd.install();
        ProcessTexts.writeUtf8();
        System.exit(execute(decoded));
    }

    private static int execute(String[] decoded) {
        String[] arguments;
        try {
            arguments = ProcessTexts.arguments(decoded, System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("botgate: " + e.getMessage());
            return ExitCode.USAGE.code();
        }
        return commandLine(ConfigurationReader.ofProcess())
                .setOut(ProcessTexts.writer(System.out))
                .setErr(ProcessTexts.writer(System.err))
                .execute(arguments);
    }

    /** The whole command line; its commands read the configuration by {@code reader}. */
    static CommandLine commandLine(ConfigurationReader reader) {
        CommandLine botgate = new CommandLine(new Botgate(reader));
        documentExitCodes(botgate);
        return botgate.registerConverter(Path.class, Botgate::path)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Botgate::reportUsageError);
    }

    private static void documentExitCodes(CommandLine command) {
        command.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        command.getSubcommands().values().forEach(Botgate::documentExitCodes);
    }

    private static Path path(String text) {
        try {
            return FileNames.path(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int reportUsageError(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(e.getMessage());
        boolean suggested = CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        if (!suggested && command.getParent() == null) {
            command.usage(err);
        } else {
            err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE.code();
    }

    /** The version; {@code development} for classes that were not packaged. */
    static String version() {
        return Optional.ofNullable(Botgate.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"botgate " + version() + " (Java " + Runtime.version() + ")"};
        }
    }
}
