package dev.botgate.cli;

import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.LoadedConfiguration;
import dev.botgate.gateway.CloseStack;
import dev.botgate.gateway.Gateway;
import java.io.PrintWriter;
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

    /** For what comes after the requests under way: the trail, the connections, the database. */
    private static final Duration CLOSING = Duration.ofSeconds(4);

    @Option(
            names = "--sandbox",
            description =
                    "Start a simulated connector too, which answers for every connector: no message leaves this machine.")
    private boolean sandbox;

    Run(ConfigurationReader reader) {
        super(reader);
    }

    @Override
    ExitCode run(LoadedConfiguration loaded) throws Exception {
        Logging.toOutput(loaded.configuration().logging());
        CloseStack closing = new CloseStack();
        Duration finishing = loaded.configuration().server().shutdownTimeout();
        TerminationSignals.runAtEnd("gateway", finishing.plus(CLOSING), closing::close);
        Gateway gateway;
        try {
            gateway = Gateway.start(loaded.configuration(), sandbox, closing);
        } catch (Exception e) {
            return Failures.report(e, err());
        }
        LOG.atInfo()
                .addKeyValue("address", gateway.address())
                .addKeyValue("admin", gateway.adminAddress())
                .addKeyValue("configuration", loaded.source())
                .log("Started");
        greet(gateway, err());
        Logging.loadClasses();
        new CountDownLatch(1).await();
        return ExitCode.OK;
    }

    private static void greet(Gateway gateway, PrintWriter to) {
        URI address = gateway.address();
        to.println();
        to.println("Botgate " + Version.text());
        to.println("  bots talk to         " + address);
        to.println("  the operator's API   " + gateway.adminAddress());
        gateway.sandboxAddress().ifPresent(sandbox -> {
            to.println("  simulated connector  " + sandbox);
            to.println();
            to.println("Say something, then look it up with \"audit list\":");
            to.println("  curl -i " + address + "/v3/conversations/demo/activities"
                    + " -H 'Content-Type: application/json' -d '{\"type\":\"message\",\"text\":\"hello\"}'");
        });
        to.println();
        to.flush();
    }
}
