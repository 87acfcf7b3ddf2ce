package dev.botgate.cli;

import dev.botgate.config.ConfigurationException;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.RedactionKeyRing;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check-config FILE}: every problem for which {@code run} would refuse to start, one per line, as its result. */
@Command(
        name = "check-config",
        description = "Checks a configuration file together with the environment, and prints every problem.")
final class CheckConfig implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration file.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        try {
            ConfigurationReader.Loaded loaded =
                    ((Botgate) command.root().userObject()).reader().read(Objects.requireNonNull(file));
            var unused = RedactionKeyRing.recording(loaded.configuration().audit());
            out.println(loaded.source() + ": ok");
            return ExitCode.OK.code();
        } catch (ConfigurationException e) {
            e.problems().forEach(out::println);
            return ExitCode.CONFIGURATION.code();
        } catch (IllegalArgumentException e) {
            out.println(file + ": " + e.getMessage());
            return ExitCode.CONFIGURATION.code();
        }
    }
}
