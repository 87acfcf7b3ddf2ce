package dev.botgate.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Why the embedded server cannot be used, as one sentence for the operator. */
public class EmbeddedDatabaseException extends RuntimeException {
    EmbeddedDatabaseException(String message) {
        super(message);
    }

    private EmbeddedDatabaseException(String message, Throwable cause) {
        super(message, cause);
    }

    static EmbeddedDatabaseException unusable(Path directory, IOException cause) {
        return new EmbeddedDatabaseException(
                "the embedded PostgreSQL cannot use its directory " + directory + ": " + reason(cause), cause);
    }

    static EmbeddedDatabaseException missing(Path directory) {
        return new EmbeddedDatabaseException("there is no audit trail in " + directory.toAbsolutePath()
                + " (database.data-directory, relative to the working directory); run this where the gateway runs, or with"
                + " its configuration by --config, or set database.url or BOTGATE_DATABASE_DATA_DIRECTORY");
    }

    static EmbeddedDatabaseException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new EmbeddedDatabaseException("interrupted while " + what);
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException denied) {
            return "permission denied: " + denied.getFile();
        }
        if (cause instanceof NoSuchFileException missing) {
            return "missing: " + missing.getFile();
        }
        if (cause instanceof FileSystemException failed && failed.getReason() == null) {
            return failed.getClass().getSimpleName() + ": " + failed.getFile();
        }
        return String.valueOf(cause.getMessage());
    }
}
