package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.CloseStack;
import dev.botgate.gateway.Gateway;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: the gateway, until it is told to stop. */
@Command(name = "run", description = "Runs the gateway until SIGTERM or Ctrl-C.")
final class Run extends ConfiguredCommand {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** For what closes after the requests have finished: the trail, the connections, the database. */
    private static final Duration CLOSING = Duration.ofSeconds(4);

    @Option(
            names = "--sandbox",
            description =
                    "Also start a simulated connector, which answers for every connector. No message leaves this machine.")
    private boolean sandbox;

    @Override
    ExitCode run(ConfigurationReader.Loaded loaded) throws Exception {
        Logging.toOutput(loaded.configuration().logging());
        CloseStack closing = new CloseStack();
        Duration finishing = loaded.configuration().server().shutdownTimeout();
        ProcessEnd.onSignal("gateway", finishing.plus(CLOSING), closing::close);
        Gateway gateway;
        try {
            gateway = Gateway.start(loaded.configuration(), sandbox, closing);
        } catch (Exception e) {
            return report(e);
        }
        LOG.atInfo()
                .addKeyValue("address", gateway.address())
                .addKeyValue("admin", gateway.adminAddress())
                .addKeyValue("configuration", loaded.source())
                .log("Started");
        greet(gateway);
        Logging.loadClasses();
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private void greet(Gateway gateway) {
        URI address = gateway.address();
        err().println();
        err().println("Botgate " + Botgate.version());
        err().println("  bots talk to         " + address);
        err().println("  the operator's API   " + gateway.adminAddress());
        gateway.sandboxAddress().ifPresent(simulated -> {
            err().println("  simulated connector  " + simulated);
            err().println();
            err().println("Send a message, then find it with \"audit list\":");
            err().println("  curl -i " + address + "/v3/conversations/demo/activities"
                    + " -H 'Content-Type: application/json' -d '{\"type\":\"message\",\"text\":\"hello\"}'");
        });
        err().println();
        err().flush();
    }
}
