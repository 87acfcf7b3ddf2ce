package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The body of a paused server request. */
final class RequestBody implements IncomingBody {
    private final HttpServerRequest request;
    private final Deadlines timeout;
    private final MemoryBudget.Reservation held;
    private final boolean expectsContinue;
    private final long length;
    private boolean givenUp;
    private @Nullable GatewayException failure;
    private @Nullable Handler<Throwable> failureHandler;

    /**
     * @param held empty
     * @param broken runs when the chunks are no HTTP, right before the connection is closed for that
     */
    RequestBody(
            HttpServerRequest request,
            Deadlines timeout,
            MemoryBudget.Reservation held,
            Consumer<GatewayException> broken) {
        this.request = request;
        this.timeout = timeout;
        this.held = held;
        // RFC 9110 section 10.1.1: HTTP/1.0 knows no interim replies.
        this.expectsContinue = request.version() != HttpVersion.HTTP_1_0
                && "100-continue".equalsIgnoreCase(request.getHeader(HeaderNames.EXPECT));
        String declared = request.getHeader(HeaderNames.CONTENT_LENGTH);
        this.length =
                request.headers().contains(HeaderNames.TRANSFER_ENCODING) ? -1 : declared == null ? 0 : parse(declared);
        // The client may leave before anybody reads; who reads later must hear of it nevertheless.
        request.exceptionHandler(cause -> {
            GatewayException told = failureBy(cause);
            failure = told;
            tellOfFailure();
            if (told.failure() == Failure.MALFORMED_REQUEST) {
                broken.accept(told);
            }
        });
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        return read(maximumBytes, beginning -> {});
    }

    @Override
    public Future<Buffer> read(long maximumBytes, Consumer<Buffer> glance) {
        if (length == 0) {
            return Future.succeededFuture(Buffer.buffer());
        }
        if (length > maximumBytes) {
            return Future.failedFuture(tooLarge(maximumBytes));
        }
        Promise<Buffer> whole = Promise.promise();
        Landing bytes = new Landing(length, maximumBytes);
        if (length < 0 || length > Landing.SMALL) {
            BodyIntake.of(request).ifPresent(intake -> intake.landOn(bytes));
        }
        Glances glances = new Glances(length, glance);
        Deadlines.Deadline deadline = timeout.set(() -> whole.tryFail(new GatewayException(
                Failure.BODY_TIMEOUT,
                "The body did not arrive within " + timeout.time().toMillis() + " ms")));
        failureHandler = whole::tryFail;
        tellOfFailure();
        request.endHandler(ended -> whole.tryComplete(bytes.bytes()));
        request.handler(chunk -> {
            if (bytes.length() + (long) chunk.length() <= maximumBytes) {
                bytes.add(chunk);
                tryHold(bytes.room(), whole);
                glances.at(bytes).ifPresent(whole::tryFail);
            } else {
                whole.tryFail(tooLarge(maximumBytes));
            }
        });
        begin();
        request.resume();
        return whole.future().onComplete(read -> {
            deadline.cancel();
            if (read.failed()) {
                givenUp = true;
                BodyIntake.of(request).ifPresent(BodyIntake::letGo);
                request.handler(null);
                request.pause();
            }
        });
    }

    private void tryHold(long bytes, Promise<Buffer> whole) {
        try {
            hold(bytes);
        } catch (GatewayException refused) {
            whole.tryFail(refused);
        }
    }

    @Override
    public void hold(long bytes) {
        held.grow(bytes);
    }

    /** Lets go of what was held, for good: the request is over. */
    void over() {
        held.release();
    }

    @Override
    public ReadStream<Buffer> stream() {
        return new UploadStream(request, this::begin, handler -> {
            failureHandler = handler;
            tellOfFailure();
        });
    }

    private void tellOfFailure() {
        if (failure != null && failureHandler != null) {
            failureHandler.handle(failure);
        }
    }

    @Override
    public boolean clientGone() {
        return request.response().closed();
    }

    /** Whether the client sends its body only once it has been asked to. */
    boolean expectsContinue() {
        return expectsContinue;
    }

    /** Whether reading failed, so that what the client still sends is not worth waiting for. */
    boolean givenUp() {
        return givenUp;
    }

    @Override
    public void whenGone(Runnable action) {
        request.response().closeHandler(closed -> action.run());
    }

    private void begin() {
        if (expectsContinue) {
            var unused = request.response().writeContinue();
        }
    }

    private static long parse(String contentLength) {
        try {
            long parsed = Long.parseLong(contentLength.strip());
            if (parsed >= 0) {
                return parsed;
            }
        } catch (NumberFormatException unreadable) {
            // Falls through to the refusal.
        }
        throw new GatewayException(Failure.MALFORMED_REQUEST, "Content-Length is no number of bytes");
    }

    private static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.BODY_TOO_LARGE, "The body is larger than maximum-body-bytes, " + maximumBytes);
    }

    private static GatewayException failureBy(Throwable cause) {
        if (!(cause instanceof HttpClosedException) && !(cause instanceof IOException)) {
            return new GatewayException(
                    Failure.MALFORMED_REQUEST, "The body's chunks are no well-formed HTTP/1.1", cause);
        }
        return new GatewayException(Failure.CLIENT_GONE, "The client left before its body was complete", cause);
    }
}
