package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.FileNames;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code botgate}, which does nothing without one of its subcommands. */
@Command(
        name = "botgate",
        description = "A gateway between bots and the Microsoft Bot Connector API.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        scope = ScopeType.INHERIT)
public final class Botgate implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private Botgate() {}

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
        CommandLine botgate = new CommandLine(new Botgate());
        for (Object command : List.of(
                new Run(reader),
                new SandboxCommand(reader),
                new CheckConfig(reader),
                new Migrate(reader),
                new ServiceUrl(reader),
                new Token())) {
            botgate.addSubcommand(command);
        }
        botgate.addSubcommand(new CommandLine(new Audit())
                .addSubcommand(new AuditList(reader))
                .addSubcommand(new AuditRedactedValue(reader, System.in))
                .addSubcommand(new AuditShow(reader))
                .addSubcommand(new AuditHistory(reader))
                .addSubcommand(new AuditExport(reader))
                .addSubcommand(new AuditAccess(reader))
                .addSubcommand(new AuditRetention(reader))
                .addSubcommand(new CommandLine(new AuditHold())
                        .addSubcommand(new AuditHold.Add(reader))
                        .addSubcommand(new AuditHold.Remove(reader))
                        .addSubcommand(new AuditHold.List(reader))));
        documentExits(botgate);
        return botgate.registerConverter(Path.class, Botgate::path)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(Botgate::misunderstood);
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Missing command");
        }
    }

    private static void documentExits(CommandLine command) {
        command.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
        command.getSubcommands().values().forEach(Botgate::documentExits);
    }

    private static Path path(String text) {
        try {
            return FileNames.path(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int misunderstood(ParameterException e, String[] arguments) {
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
}
