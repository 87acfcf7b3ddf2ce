package dev.botgate.cli;

/** What is done when the process is told to end: SIGTERM, SIGINT. The log is written to its end last. */
final class Stopping {
    private Stopping() {}

    static void runAtEnd(String name, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                stop.run();
                            } finally {
                                Logging.stop();
                            }
                        },
                        "stop " + name));
    }
}
