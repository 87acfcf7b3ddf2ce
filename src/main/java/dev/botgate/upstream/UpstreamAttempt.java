package dev.botgate.upstream;

import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.Payload;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * A request under way.
 *
 * @param answered stops the clock
 * @param begun whether anything has been sent; a client that streams its body may never let it begin
 * @param sentWhole whether the body has been sent to its end
 */
record UpstreamAttempt(
        Future<HttpClientResponse> response, Runnable answered, BooleanSupplier begun, BooleanSupplier sentWhole) {

    /**
     * Sends everything.
     *
     * @param late runs when the upstream has taken too long to take the body, or to answer
     */
    static UpstreamAttempt of(HttpClientRequest request, Payload payload, Deadlines firstByte, Runnable late) {
        if (payload instanceof Payload.Streamed streamed) {
            return of(request, new Upload(streamed.stream(), firstByte, late), streamed.length());
        }
        if (payload instanceof Payload.Whole whole && whole.bytes().length() > Pieces.WORTH_IT) {
            Upload upload = new Upload(new Pieces(whole.bytes()), firstByte, late);
            return of(request, upload, whole.bytes().length());
        }
        Runnable answered = firstByte.set(late)::cancel;
        return payload instanceof Payload.Whole whole
                ? new UpstreamAttempt(request.send(whole.bytes()), answered, () -> true, () -> true)
                : new UpstreamAttempt(request.send(), answered, () -> true, () -> true);
    }

    /** Not by {@code request.send}: that would end the request in good order where the body was cut. */
    private static UpstreamAttempt of(HttpClientRequest request, Upload upload, long length) {
        Promise<HttpClientResponse> response = Promise.promise();
        request.setChunked(length < 0);
        request.response().onComplete(response::tryComplete, response::tryFail);
        upload.pipe().endOnFailure(false).to(request).onFailure(cause -> {
            // Where the upstream takes no more, a reply may have come, or comes; if none does, the connection ends.
            if (upload.bodyBroke() || !(cause instanceof IOException)) {
                response.tryFail(cause);
            }
        });
        return new UpstreamAttempt(response.future(), upload::answered, upload::begun, upload::ended);
    }

    /**
     * Gives up what is left of a body that the upstream has answered without waiting for its end. A reset would put the
     * connection back among those that can be used.
     */
    void finish(HttpClientRequest request) {
        if (!sentWhole.getAsBoolean()) {
            request.connection().close().onComplete(closed -> {});
        }
    }
}
