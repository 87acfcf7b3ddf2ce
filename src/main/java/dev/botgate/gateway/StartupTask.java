package dev.botgate.gateway;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A part of the start that goes on beside the others, on a thread of its own. */
final class StartupTask<T> {
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private StartupTask() {}

    /** Begins at once. */
    static <T> StartupTask<T> start(String name, Callable<T> work) {
        StartupTask<T> aside = new StartupTask<>();
        Thread thread = new Thread(() -> aside.run(work), "start " + name);
        thread.setDaemon(true);
        thread.start();
        return aside;
    }

    private void run(Callable<T> work) {
        try {
            result.complete(work.call());
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** Waits for its end. Fails as it failed. */
    T await() throws Exception {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Waits for its end, and tells what there is to be closed; empty when it failed. */
    Optional<T> ended() {
        return result.handle((value, failure) -> Optional.ofNullable(value)).join();
    }
}
