package dev.botgate.upstream;

import dev.botgate.exchange.BodyStream;
import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.Payload;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being sent.
 *
 * @param answered stops the timeout
 * @param begun whether anything has been sent; a streamed body may never begin
 * @param sentWhole whether the whole body has been sent
 */
record UpstreamAttempt(
        Future<HttpClientResponse> response, Runnable answered, BooleanSupplier begun, BooleanSupplier sentWhole) {

    /**
     * Sends everything.
     *
     * @param late runs when the upstream has taken longer than {@code timeout} to read more of the body or to answer
     */
    static UpstreamAttempt of(HttpClientRequest request, Payload payload, Deadlines timeout, Runnable late) {
        if (payload instanceof Payload.Streamed streamed) {
            return of(request, new Upload(streamed.stream(), timeout, late), streamed.length());
        }
        Runnable answered = timeout.set(late)::cancel;
        if (payload instanceof Payload.Whole whole) {
            Future<Void> sent = request.end(whole.bytes());
            return new UpstreamAttempt(request.response(), answered, () -> true, sent::isComplete);
        }
        return new UpstreamAttempt(request.send(), answered, () -> true, () -> true);
    }

    /** Not by {@code request.send}, which would end the request regularly where the body was cut. */
    private static UpstreamAttempt of(HttpClientRequest request, Upload upload, long length) {
        Promise<HttpClientResponse> response = Promise.promise();
        request.setChunked(length < 0);
        request.response().onComplete(response::tryComplete, response::tryFail);
        upload.pipe().endOnFailure(false).to(request).onFailure(cause -> {
            // Where the upstream reads no more, a reply may still come; if none does, the connection ends.
            if (upload.bodyFailed || !(cause instanceof IOException)) {
                response.tryFail(cause);
            }
        });
        return new UpstreamAttempt(response.future(), upload::answered, () -> upload.begun, () -> upload.ended);
    }

    /**
     * Gives up the rest of a body that the upstream has answered without waiting for it. A reset instead would put the
     * connection back into the pool.
     */
    void finish(HttpClientRequest request) {
        if (!sentWhole.getAsBoolean()) {
            request.connection().close().onComplete(closed -> {});
        }
    }

    /**
     * A body on its way to an upstream. Its timeout runs while the upstream has to act: to read more of the body, or to answer
     * once it has all. A slow client is not the upstream's fault.
     */
    static final class Upload extends BodyStream {
        private final Deadlines timeout;
        private final Runnable late;
        private Deadlines.@Nullable Deadline deadline;
        private boolean begun;
        private boolean ended;
        private boolean bodyFailed;
        private boolean dropped;
        private boolean answered;

        Upload(ReadStream<Buffer> body, Deadlines timeout, Runnable late) {
            super(body);
            this.timeout = timeout;
            this.late = late;
            body.exceptionHandler(cause -> {
                bodyFailed = true;
                fail(cause);
            });
        }

        /** Stops the timeout for good. */
        void answered() {
            answered = true;
            stopTimeout();
        }

        boolean ended() {
            return ended;
        }

        /** @param handler null when the rest of the body is dropped; then the upstream has to answer */
        @Override
        public BodyStream handler(@Nullable Handler<Buffer> handler) {
            if (handler == null && !ended) {
                dropped = true;
                startTimeout();
            }
            return super.handler(handler);
        }

        @Override
        protected void onDemand() {
            stopTimeout();
        }

        @Override
        protected void onPause() {
            startTimeout();
        }

        @Override
        protected void onChunk() {
            begun = true;
        }

        @Override
        protected void onEnd() {
            ended = !dropped;
            begun = true;
            startTimeout();
        }

        private void startTimeout() {
            if (deadline == null && !answered) {
                deadline = timeout.set(late);
            }
        }

        private void stopTimeout() {
            if (deadline != null && (answered || !(ended || dropped))) {
                deadline.cancel();
                deadline = null;
            }
        }
    }
}
