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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Writes replies to clients, and leaves the connection in a state that the next request can rely on. */
final class ReplyWriter {
    /** Unread bytes up to this many are read and forgotten, so that the connection can be kept. */
    private static final long WORTH_DRAINING = 65_536;

    /** Shorter replies are in the kernel's hands at once. */
    private static final int WORTH_COUNTING = 65_536;

    private static final CharSequence REQUEST_ID = AsciiString.cached(RequestIds.REPLY_HEADER);

    private final ClosingConnections lastReplies;
    private final MemoryBudget memory;

    ReplyWriter(ClosingConnections lastReplies, MemoryBudget memory) {
        this.lastReplies = lastReplies;
        this.memory = memory;
    }

    /** @return succeeds when the reply was handed to the connection, fails when the client or the upstream cut it short */
    Future<Void> write(HttpServerRequest request, RequestBody body, Reply reply, String requestId) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            if (reply.body() instanceof ReplyBody.Streamed streamed) {
                streamed.abandon().run();
            }
            return Future.failedFuture(
                    new GatewayException(Failure.CLIENT_GONE, "The client left, or was refused, before its reply"));
        }
        response.setStatusCode(reply.status());
        if (!reply.reason().equals(response.getStatusMessage())) {
            response.setStatusMessage(reply.reason());
        }
        response.headers().setAll(reply.headers()).set(REQUEST_ID, requestId);
        boolean unread = !request.isEnded() && body.length() != 0;
        boolean close = unread && !isWorthDraining(body);
        if (close) {
            lastReplies.announce(request);
        }
        Future<Void> written = writeBody(request, response, reply.body());
        if (close) {
            return written.eventually(() -> {
                lastReplies.closeAfter(request);
                return Future.succeededFuture();
            });
        }
        if (unread) {
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
            // RFC 9110 section 8.6: a 204 never speaks of a length.
            if (absent.length() >= 0 && response.getStatusCode() != 204) {
                response.putHeader("Content-Length", Long.toString(absent.length()));
            }
            return response.end();
        }
        if (body instanceof ReplyBody.Cut cut) {
            declare(request, response, cut.length());
            return new SlicedBody(response, cut.bytes()).write().eventually(() -> request.connection()
                    .close());
        }
        ReplyBody.Streamed streamed = (ReplyBody.Streamed) body;
        declare(request, response, streamed.length());
        // The pipe hears of a client that leaves by writing to it, and while the upstream is silent it writes nothing.
        response.exceptionHandler(cause -> streamed.abandon().run());
        return streamed.stream().pipe().endOnFailure(false).to(response).onFailure(cause -> {
            streamed.abandon().run();
            var unused = request.connection().close();
        });
    }

    /** A slow client makes the gateway hold what it has not taken. */
    private Future<Void> writeWhole(HttpServerResponse response, Buffer bytes) {
        if (bytes.length() <= WORTH_COUNTING) {
            return response.end(bytes);
        }
        MemoryBudget.Reservation reservation = memory.reservation();
        reservation.forceGrow(bytes.length());
        return new SlicedBody(response, bytes)
                .write()
                .compose(written -> response.end())
                .onComplete(written -> reservation.release());
    }

    /** Says how the end of the body will be known. */
    private static void declare(HttpServerRequest request, HttpServerResponse response, long length) {
        if (length >= 0) {
            response.putHeader("Content-Length", Long.toString(length));
        } else if (request.version() != HttpVersion.HTTP_1_0) {
            response.setChunked(true);
        } else {
            response.putHeader("Connection", "close");
        }
    }

    private static boolean isWorthDraining(RequestBody body) {
        return !body.expectsContinue() && !body.givenUp() && body.length() >= 0 && body.length() <= WORTH_DRAINING;
    }

    private static void drain(HttpServerRequest request) {
        request.handler(null);
        request.exceptionHandler(cause -> {});
        request.resume();
    }
}
