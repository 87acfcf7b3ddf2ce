package dev.botgate.cli;

import dev.botgate.config.ConfigurationException;
import dev.botgate.config.ConfigurationReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that uses the configuration. If that has problems, it prints all and ends with {@link ExitCode#CONFIGURATION}. */
abstract class ConfiguredCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredCommand.class);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file. By default conf/botgate.yaml if it exists, else built-in defaults.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    /** Does the command's work; may block. An exception ends the command with {@link ExitCode#FAILED} and a trace. */
    abstract ExitCode run(ConfigurationReader.Loaded loaded) throws Exception;

    @Override
    public final Integer call() throws Exception {
        ConfigurationReader.Loaded loaded;
        try {
            loaded = ((Botgate) spec().root().userObject()).reader().read(file);
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

    /** Where all other output of the command goes. */
    final PrintWriter err() {
        return spec().commandLine().getErr();
    }

    final CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("Not part of a command line");
        }
        return spec;
    }

    /** Prints why the command failed, in one sentence; the log has the trace at debug. */
    final ExitCode report(Throwable failure) {
        LOG.atDebug().setCause(failure).log("The command failed");
        String first = failure.getMessage();
        StringBuilder text = new StringBuilder("botgate: ")
                .append(first == null ? failure.getClass().getSimpleName() : first);
        Throwable cause = failure.getCause();
        while (cause != null && cause.getMessage() != null) {
            if (text.indexOf(cause.getMessage()) < 0) {
                text.append(": ").append(cause.getMessage());
            }
            cause = cause.getCause();
        }
        err().println(text);
        err().flush();
        return ExitCode.FAILED;
    }
}
