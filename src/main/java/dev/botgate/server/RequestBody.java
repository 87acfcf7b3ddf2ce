package dev.botgate.server;

import dev.botgate.exchange.BodyCollector;
import dev.botgate.exchange.BodyStream;
import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.function.Consumer;

/** The body of a paused server request. */
final class RequestBody extends BodyStream implements IncomingBody {
    private final HttpServerRequest request;
    private final Deadlines timeout;
    private final MemoryBudget.Reservation memory;
    private final boolean expectsContinue;
    private final long length;
    private boolean continueSent;
    private boolean failed;

    /**
     * @param timeout of reading the whole body
     * @param memory an empty reservation
     * @param onMalformed runs when the chunks are malformed, right before the connection is closed for that
     */
    RequestBody(
            HttpServerRequest request,
            Deadlines timeout,
            MemoryBudget.Reservation memory,
            Consumer<GatewayException> onMalformed) {
        super(request);
        this.request = request;
        this.timeout = timeout;
        this.memory = memory;
        // RFC 9110 section 10.1.1: HTTP/1.0 has no interim replies.
        this.expectsContinue = request.version() != HttpVersion.HTTP_1_0
                && "100-continue".equalsIgnoreCase(request.getHeader(HeaderNames.EXPECT));
        String declared = request.getHeader(HeaderNames.CONTENT_LENGTH);
        this.length =
                request.headers().contains(HeaderNames.TRANSFER_ENCODING) ? -1 : declared == null ? 0 : parse(declared);
        request.exceptionHandler(cause -> {
            GatewayException failure = failureOf(cause);
            fail(failure);
            if (failure.failure() == Failure.MALFORMED_REQUEST) {
                onMalformed.accept(failure);
            }
        });
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        if (length == 0) {
            return Future.succeededFuture(Buffer.buffer());
        }
        if (length > maximumBytes) {
            return Future.failedFuture(tooLarge(maximumBytes));
        }
        Promise<Buffer> whole = Promise.promise();
        BodyCollector collector = new BodyCollector(length);
        Deadlines.Deadline deadline = timeout.set(() -> whole.tryFail(new GatewayException(
                Failure.BODY_TIMEOUT,
                "The body did not arrive within " + timeout.time().toMillis() + " ms")));
        exceptionHandler(whole::tryFail);
        endHandler(ended -> whole.tryComplete(collector.bytes()));
        handler(chunk -> {
            try {
                if (collector.length() + (long) chunk.length() > maximumBytes) {
                    throw tooLarge(maximumBytes);
                }
                collector.add(chunk);
                reserve(collector.capacity());
            } catch (GatewayException refused) {
                whole.tryFail(refused);
            }
        });
        resume();
        return whole.future().onComplete(read -> {
            deadline.cancel();
            if (read.failed()) {
                failed = true;
                RequestDecoder.of(request).discardBody();
                handler(null);
                pause();
            }
        });
    }

    @Override
    public void reserve(long bytes) {
        memory.grow(bytes);
    }

    /** Releases the memory for good, once the request is over. */
    void release() {
        memory.release();
    }

    @Override
    public ReadStream<Buffer> stream() {
        return this;
    }

    @Override
    public boolean clientGone() {
        return request.response().closed();
    }

    @Override
    public void whenGone(Runnable action) {
        request.response().closeHandler(closed -> action.run());
    }

    /** Whether the client sends its body only after {@code 100 Continue}. */
    boolean expectsContinue() {
        return expectsContinue;
    }

    /** Whether reading failed, so that the rest of the body is useless. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    protected void onDemand() {
        if (expectsContinue && !continueSent) {
            continueSent = true;
            var unused = request.response().writeContinue();
        }
    }

    private static long parse(String contentLength) {
        try {
            long parsed = Long.parseLong(contentLength.strip());
            if (parsed >= 0) {
                return parsed;
            }
        } catch (NumberFormatException malformed) {
            // Falls through to the refusal.
        }
        throw new GatewayException(Failure.MALFORMED_REQUEST, "Content-Length is not a number of bytes");
    }

    private static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.BODY_TOO_LARGE, "The body is larger than maximum-body-bytes, " + maximumBytes);
    }

    private static GatewayException failureOf(Throwable cause) {
        return cause instanceof HttpClosedException || cause instanceof IOException
                ? new GatewayException(
                        Failure.CLIENT_GONE, "The client disconnected before its body was complete", cause)
                : new GatewayException(
                        Failure.MALFORMED_REQUEST, "The body's chunks are not well-formed HTTP/1.1", cause);
    }
}
