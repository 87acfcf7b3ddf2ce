package dev.botgate.audit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/** A promise that is kept on another context, and heard of on the one where it was made. */
public final class ContextPromise {
    private final Promise<Void> promise = Promise.promise();
    private final @Nullable ContextInternal caller = (ContextInternal) Vertx.currentContext();

    public Future<Void> future() {
        return promise.future();
    }

    public void complete() {
        onCaller(promise::complete);
    }

    public void fail(Throwable cause) {
        onCaller(() -> promise.fail(cause));
    }

    private void onCaller(Runnable settle) {
        if (caller == null) {
            settle.run();
        } else {
            caller.emit(ignored -> settle.run());
        }
    }
}
