package dev.botgate.cli;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done when the process is told to end: SIGTERM, SIGINT. The log is written to its end last. */
final class TerminationSignals {
    private static final Logger LOG = LoggerFactory.getLogger(TerminationSignals.class);

    private TerminationSignals() {}

    /** @param atMost how long it may take; then the process ends all the same, hung event loops or not */
    static void runAtEnd(String name, Duration atMost, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            ProcessEnd.atLatestIn(atMost);
                            try {
                                LOG.info("Stopping");
                                stop.run();
                            } finally {
                                Logging.stop();
                            }
                        },
                        "stop " + name));
    }
}
