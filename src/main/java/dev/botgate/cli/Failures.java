package dev.botgate.cli;

import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator why a command failed: in a sentence, and in the log at debug with the trace. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static ExitCode report(Throwable failure, PrintWriter to) {
        LOG.atDebug().setCause(failure).log("The command failed");
        StringBuilder text = new StringBuilder("botgate: ").append(sentence(failure));
        Throwable cause = failure.getCause();
        while (cause != null && cause.getMessage() != null) {
            if (text.indexOf(cause.getMessage()) < 0) {
                text.append(": ").append(cause.getMessage());
            }
            cause = cause.getCause();
        }
        to.println(text);
        to.flush();
        return ExitCode.FAILED;
    }

    private static String sentence(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
