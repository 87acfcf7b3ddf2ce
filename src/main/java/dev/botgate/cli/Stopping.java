package dev.botgate.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done when the process is told to end: SIGTERM, SIGINT. The log is written to its end last. */
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger(Stopping.class);

    private Stopping() {}

    static void runAtEnd(String name, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
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
