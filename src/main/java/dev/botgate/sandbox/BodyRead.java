package dev.botgate.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * What was read of a request's body.
 *
 * @param bytes all of it, or as much as came
 */
record BodyRead(Buffer bytes, End end) {
    /** How reading ended. */
    enum End {
        WHOLE,
        TOO_LARGE,
        CUT
    }

    /** Reads a body of up to {@code maximumBytes}; never fails. */
    static Future<BodyRead> of(HttpServerRequest request, int maximumBytes) {
        Promise<BodyRead> read = Promise.promise();
        Buffer bytes = Buffer.buffer();
        request.exceptionHandler(cut -> read.tryComplete(new BodyRead(bytes, End.CUT)))
                .endHandler(end -> read.tryComplete(new BodyRead(bytes, End.WHOLE)))
                .handler(chunk -> {
                    if (bytes.length() + chunk.length() <= maximumBytes) {
                        bytes.appendBuffer(chunk);
                    } else {
                        read.tryComplete(new BodyRead(bytes, End.TOO_LARGE));
                    }
                });
        return read.future();
    }
}
