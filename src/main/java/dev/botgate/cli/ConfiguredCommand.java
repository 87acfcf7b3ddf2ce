package dev.botgate.cli;

import dev.botgate.config.ConfigurationException;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.LoadedConfiguration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command that works on the configuration: it runs once that was read without a problem; otherwise it prints every
 * problem and ends with {@link ExitCode#CONFIGURATION}.
 */
abstract class ConfiguredCommand implements Callable<Integer> {
    private final ConfigurationReader reader;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration; without it conf/botgate.yaml where there is one, else the defaults.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    ConfiguredCommand(ConfigurationReader reader) {
        this.reader = reader;
    }

    /** Does the command's work. May block; an exception ends the command with {@link ExitCode#FAILED} and a trace. */
    abstract ExitCode run(LoadedConfiguration loaded) throws Exception;

    @Override
    public final Integer call() throws Exception {
        LoadedConfiguration loaded;
        try {
            loaded = reader.read(file);
        } catch (ConfigurationException e) {
            e.problems().forEach(err()::println);
            return ExitCode.CONFIGURATION.code();
        }
        return run(loaded).code();
    }

    /** Where the command's result goes. */
    final PrintWriter out() {
        return spec().commandLine().getOut();
    }

    /** Where everything else goes that the command says. */
    final PrintWriter err() {
        return spec().commandLine().getErr();
    }

    final CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("Not a part of a command line");
        }
        return spec;
    }
}
