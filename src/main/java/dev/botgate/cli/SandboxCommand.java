package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.Blocking;
import dev.botgate.gateway.CloseStack;
import dev.botgate.gateway.ListenAddress;
import dev.botgate.sandbox.Sandbox;
import dev.botgate.sandbox.SandboxSettings;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** {@code sandbox}: the simulated connector alone. */
@Command(name = "sandbox", description = "Runs the simulated connector alone, until SIGTERM or Ctrl-C.")
final class SandboxCommand extends ConfiguredCommand {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    ExitCode run(ConfigurationReader.Loaded loaded) throws Exception {
        Logging.toOutput(loaded.configuration().logging());
        SandboxSettings settings = loaded.configuration().sandbox();
        ListenAddress address = new ListenAddress("sandbox", settings.host(), settings.port());
        Vertx vertx = Vertx.vertx();
        CloseStack closing = new CloseStack();
        closing.add("event loops", vertx::close);
        Sandbox sandbox;
        try {
            sandbox = Blocking.await(address.explaining(Sandbox.start(vertx, settings)), LIMIT);
        } catch (Exception e) {
            closing.close();
            return report(e);
        }
        ProcessEnd.onSignal("sandbox", LIMIT, closing::close);
        err().println("The simulated connector listens on " + sandbox.url());
        err().flush();
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }
}
