package dev.botgate.embedded;

/** Another process has the data directory; its server may be there to visit soon. */
final class DirectoryInUseException extends EmbeddedDatabaseException {
    private static final long serialVersionUID = 1L;

    DirectoryInUseException(String message) {
        super(message);
    }
}
