package dev.botgate.audit.postgres;

/** Everything was written but what had come too late for the first place; that failed with {@link #reason}. */
final class PartlyWrittenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Throwable reason;

    PartlyWrittenException(Throwable reason) {
        super("late outcomes could not be written: " + reason.getMessage(), null, false, false);
        this.reason = reason;
    }

    Throwable reason() {
        return reason;
    }
}
