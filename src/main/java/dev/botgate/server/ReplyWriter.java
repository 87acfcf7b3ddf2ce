package dev.botgate.server;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestIds;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.util.AsciiString;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Writes replies to clients. A request body that is still unread is drained, or the connection is closed. */
final class ReplyWriter {
    /** An unread body up to this length is read and dropped, so that the connection can be kept. */
    private static final long MAX_DRAINED = 65_536;

    /** Longer replies are written in slices of this length. */
    private static final int SLICE = 65_536;

    private static final CharSequence REQUEST_ID = AsciiString.cached(RequestIds.REPLY_HEADER);

    private final MemoryBudget memory;

    ReplyWriter(MemoryBudget memory) {
        this.memory = memory;
    }

    /** @return succeeds when the reply was handed to the connection, fails when the client or the upstream cut it short */
    Future<Void> write(HttpServerRequest request, RequestBody body, Reply reply, String requestId) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            if (reply.body() instanceof ReplyBody.Streamed streamed) {
                streamed.abandon().run();
            }
            return Future.failedFuture(new GatewayException(
                    Failure.CLIENT_GONE, "The client disconnected, or its request was refused, before the reply"));
        }
        response.setStatusCode(reply.status());
        if (!reply.reason().equals(response.getStatusMessage())) {
            response.setStatusMessage(reply.reason());
        }
        response.headers().setAll(reply.headers()).set(REQUEST_ID, requestId);
        boolean unread = !request.isEnded() && body.length() != 0;
        boolean drain = unread && isWorthDraining(body);
        if (unread && !drain) {
            RequestDecoder.of(request).closeAfterReply();
        }
        Future<Void> written = writeBody(request, response, reply.body());
        if (drain) {
            drain(request);
        }
        return written;
    }

    private Future<Void> writeBody(HttpServerRequest request, HttpServerResponse response, ReplyBody body) {
        if (body instanceof ReplyBody.Whole whole) {
            response.putHeader(
                    HeaderNames.CONTENT_LENGTH, Integer.toString(whole.bytes().length()));
            return writeWhole(response, whole.bytes());
        }
        if (body instanceof ReplyBody.Absent absent) {
            // RFC 9110 section 8.6: a 204 has no Content-Length.
            if (absent.length() >= 0 && response.getStatusCode() != 204) {
                response.putHeader("Content-Length", Long.toString(absent.length()));
            }
            return response.end();
        }
        if (body instanceof ReplyBody.Cut cut) {
            setFraming(request, response, cut.length());
            return writeSlices(response, cut.bytes())
                    .eventually(() -> request.connection().close());
        }
        ReplyBody.Streamed streamed = (ReplyBody.Streamed) body;
        setFraming(request, response, streamed.length());
        // The pipe notices a disconnected client only when it writes, and it writes nothing while the upstream is
        // silent.
        response.exceptionHandler(cause -> streamed.abandon().run());
        return streamed.stream().pipe().endOnFailure(false).to(response).onFailure(cause -> {
            streamed.abandon().run();
            var unused = request.connection().close();
        });
    }

    /** Counts a large reply against the memory budget until it has been written. */
    private Future<Void> writeWhole(HttpServerResponse response, Buffer bytes) {
        if (bytes.length() <= SLICE) {
            return response.end(bytes);
        }
        MemoryBudget.Reservation reservation = memory.reservation();
        reservation.forceGrow(bytes.length());
        return writeSlices(response, bytes)
                .compose(written -> response.end())
                .onComplete(written -> reservation.release());
    }

    /**
     * Writes {@code bytes} slice by slice as the client reads: what is written is copied to direct memory, and stays there
     * until the client has read it.
     *
     * @return succeeds when all has been written; fails when the client has disconnected
     */
    private static Future<Void> writeSlices(HttpServerResponse response, Buffer bytes) {
        Promise<Void> written = Promise.promise();
        Handler<Void> writeMore = new Handler<>() {
            private int at;
            private boolean complete;

            @Override
            public void handle(Void drained) {
                while (!complete && !response.writeQueueFull()) {
                    Buffer slice = bytes.slice(at, Math.min(at + SLICE, bytes.length()));
                    at += slice.length();
                    complete = at == bytes.length();
                    Future<Void> sent = response.write(slice).onFailure(written::tryFail);
                    if (complete) {
                        sent.onSuccess(written::tryComplete);
                    }
                }
            }
        };
        response.exceptionHandler(written::tryFail);
        response.drainHandler(writeMore);
        writeMore.handle(null);
        return written.future();
    }

    /** Sets the headers that tell how the body ends. */
    private static void setFraming(HttpServerRequest request, HttpServerResponse response, long length) {
        if (length >= 0) {
            response.putHeader("Content-Length", Long.toString(length));
        } else if (request.version() != HttpVersion.HTTP_1_0) {
            response.setChunked(true);
        } else {
            response.putHeader("Connection", "close");
        }
    }

    private static boolean isWorthDraining(RequestBody body) {
        return !body.expectsContinue() && !body.hasFailed() && body.length() >= 0 && body.length() <= MAX_DRAINED;
    }

    private static void drain(HttpServerRequest request) {
        request.handler(null);
        request.exceptionHandler(cause -> {});
        request.resume();
    }
}
