package dev.botgate.upstream;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** Reads the body of a reply whole, up to a bound. */
final class WholeBody {
    private WholeBody() {}

    /**
     * Reads {@code stream} to its end.
     *
     * @param abandon called when the bound is passed; it closes the connection that the stream comes from
     * @return the bytes; fails with UPSTREAM_REPLY_TOO_LARGE beyond {@code maximumBytes}, else as the stream does
     */
    static Future<Buffer> read(ReadStream<Buffer> stream, long maximumBytes, Runnable abandon) {
        Promise<Buffer> whole = Promise.promise();
        Buffer bytes = Buffer.buffer();
        stream.exceptionHandler(whole::tryFail);
        stream.endHandler(ended -> whole.tryComplete(bytes));
        stream.handler(chunk -> {
            if (bytes.length() + (long) chunk.length() <= maximumBytes) {
                bytes.appendBuffer(chunk);
            } else if (whole.tryFail(tooLarge(maximumBytes))) {
                abandon.run();
            }
        });
        stream.resume();
        return whole.future();
    }

    static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_TOO_LARGE,
                "The upstream's reply is larger than maximum-reply-bytes, " + maximumBytes);
    }
}
