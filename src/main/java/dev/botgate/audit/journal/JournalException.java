package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.file.Path;

/** A journal that cannot be used; the message tells the operator what to do. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JournalException(String message) {
        super(message);
    }

    private JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    static JournalException unusable(Path directory, IOException cause) {
        return new JournalException(
                "the journal in " + directory + " cannot be used: " + cause
                        + "; give the gateway permission to read and"
                        + " write it, or choose another directory with audit.journal.directory",
                cause);
    }
}
