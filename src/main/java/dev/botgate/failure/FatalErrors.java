package dev.botgate.failure;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Errors after which the process must end: memory ran out, or a class could not be loaded.
 *
 * <p>Code that catches a failure without throwing or logging it reports it here. The command line then ends the process; a
 * gateway inside another program has no listener, and goes on. Allocates nothing; safe on any thread.
 */
public final class FatalErrors {
    /** Bounds the search when causes form a cycle. */
    private static final int MAX_CAUSES = 16;

    private static volatile Consumer<Throwable> listener = error -> {};

    private FatalErrors() {}

    /** Tells {@code listener} of each fatal error from now on, on the thread that reports it. */
    public static void onReport(Consumer<Throwable> newListener) {
        listener = newListener;
    }

    /** Tells the listener if {@code failure} is a fatal error, or was caused by one. */
    public static void report(@Nullable Throwable failure) {
        Throwable fatal = find(failure);
        if (fatal != null) {
            listener.accept(fatal);
        }
    }

    /** The first fatal error among {@code failure} and its causes. A missing native library is not fatal: Java code replaces it. */
    private static @Nullable Throwable find(@Nullable Throwable failure) {
        Throwable fatal = null;
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof UnsatisfiedLinkError) {
                return null;
            }
            if (fatal == null && (cause instanceof OutOfMemoryError || cause instanceof LinkageError)) {
                fatal = cause;
            }
            cause = cause.getCause();
        }
        return fatal;
    }
}
