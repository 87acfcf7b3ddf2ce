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
 * @param stopTimeout stops the timeout of the reply
 * @param begun whether anything has been sent; false for a streamed body of which nothing came
 * @param sentWhole whether the whole body has been sent
 */
record UpstreamAttempt(
        Future<HttpClientResponse> response, Runnable stopTimeout, BooleanSupplier begun, BooleanSupplier sentWhole) {

    /**
     * Sends {@code request} with its body.
     *
     * @param onTimeout runs when the upstream has taken longer than {@code timeout} to read more of the body or to
     *     answer
     */
    static UpstreamAttempt of(HttpClientRequest request, Payload payload, Deadlines timeout, Runnable onTimeout) {
        if (payload instanceof Payload.Streamed streamed) {
            return of(request, new Upload(streamed.stream(), timeout, onTimeout), streamed.length());
        }
        Runnable stopTimeout = timeout.set(onTimeout)::cancel;
        if (payload instanceof Payload.Whole whole) {
            Future<Void> sent = request.end(whole.bytes());
            return new UpstreamAttempt(request.response(), stopTimeout, () -> true, sent::isComplete);
        }
        return new UpstreamAttempt(request.send(), stopTimeout, () -> true, () -> true);
    }

    /** Streams by a pipe, since {@code request.send} would end the request normally when the body was cut. */
    private static UpstreamAttempt of(HttpClientRequest request, Upload upload, long length) {
        Promise<HttpClientResponse> response = Promise.promise();
        request.setChunked(length < 0);
        request.response().onComplete(response::tryComplete, response::tryFail);
        upload.pipe().endOnFailure(false).to(request).onFailure(cause -> {
            // If the upstream stops reading, a reply may still come; else the connection ends.
            if (upload.bodyFailed || !(cause instanceof IOException)) {
                response.tryFail(cause);
            }
        });
        return new UpstreamAttempt(
                response.future(), upload::stopTimeoutForGood, () -> upload.begun, () -> upload.ended);
    }

    /**
     * Closes the connection if the upstream replied before the whole body was sent. A reset would return it to the
     * pool.
     */
    void closeUnlessSent(HttpClientRequest request) {
        if (!sentWhole.getAsBoolean()) {
            request.connection().close().onComplete(closed -> {});
        }
    }

    /**
     * A body that is being sent. Its timeout runs only while the upstream has to act: to read more of the body, or to
     * reply once it has all of it.
     */
    static final class Upload extends BodyStream {
        private final Deadlines timeout;
        private final Runnable onTimeout;
        private Deadlines.@Nullable Deadline deadline;
        private boolean begun;
        private boolean ended;
        private boolean bodyFailed;
        private boolean abandoned;
        private boolean answered;

        Upload(ReadStream<Buffer> body, Deadlines timeout, Runnable onTimeout) {
            super(body);
            this.timeout = timeout;
            this.onTimeout = onTimeout;
            body.exceptionHandler(cause -> {
                bodyFailed = true;
                fail(cause);
            });
        }

        /** Stops the timeout for good. */
        void stopTimeoutForGood() {
            answered = true;
            stopTimeout();
        }

        boolean ended() {
            return ended;
        }

        /** @param handler null when the rest of the body is abandoned; then the upstream has to reply */
        @Override
        public BodyStream handler(@Nullable Handler<Buffer> handler) {
            if (handler == null && !ended) {
                abandoned = true;
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
            ended = !abandoned;
            begun = true;
            startTimeout();
        }

        private void startTimeout() {
            if (deadline == null && !answered) {
                deadline = timeout.set(onTimeout);
            }
        }

        private void stopTimeout() {
            if (deadline != null && (answered || !(ended || abandoned))) {
                deadline.cancel();
                deadline = null;
            }
        }
    }
}
