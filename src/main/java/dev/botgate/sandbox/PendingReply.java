package dev.botgate.sandbox;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request that is not answered yet: how a fault or the usual reply ends it. Used on the sandbox's event loop. */
final class PendingReply {
    private static final Logger log = LoggerFactory.getLogger(PendingReply.class);

    private final Context context;
    private final HttpServerRequest request;
    private final Supplier<SandboxReply> usual;

    /** @param usual carries out the request; never throws */
    PendingReply(Context context, HttpServerRequest request, Supplier<SandboxReply> usual) {
        this.context = context;
        this.request = request;
        this.usual = usual;
    }

    /** Carries out the request; its usual reply. */
    SandboxReply usual() {
        return usual.get();
    }

    /** Carries out the request, and withholds its reply. */
    void carryOut() {
        SandboxReply withheld = usual.get();
        log.atDebug().addKeyValue("status", withheld.status()).log("The sandbox withholds a reply");
    }

    void send(SandboxReply answer) {
        logFailure(sending(answer));
    }

    /** Sends and closes the connection; for a request whose body was not read to its end. */
    void sendAndClose(SandboxReply answer) {
        logFailure(sending(answer).eventually(request.connection()::close));
    }

    private Future<Void> sending(SandboxReply answer) {
        HttpServerResponse response = head(answer);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(answer.body().length()));
            return response.end();
        }
        return response.end(answer.body());
    }

    /** Sends the head with the whole length, at most {@code bytes} of the body, and closes the connection. */
    void cut(SandboxReply answer, int bytes) {
        Buffer body = answer.body().length() == 0 ? Buffer.buffer(" ") : answer.body();
        HttpServerResponse response = head(answer).putHeader("Content-Length", Integer.toString(body.length()));
        Buffer part = body.slice(0, Math.min(bytes, body.length() - 1));
        logFailure((part.length() == 0 ? response.writeHead() : response.write(part))
                .eventually(request.connection()::close));
    }

    void close() {
        logFailure(request.connection().close());
    }

    void pause() {
        HttpServerRequest paused = request.pause();
        log.atDebug().addKeyValue("method", paused.method()).log("The sandbox leaves a body unread");
    }

    void after(Duration duration, Runnable action) {
        after(context.owner().timer(duration.toMillis(), TimeUnit.MILLISECONDS), action);
    }

    void after(Future<?> event, Runnable action) {
        logFailure(event.eventually(() -> {
            context.runOnContext(ignored -> action.run());
            return Future.succeededFuture();
        }));
    }

    private HttpServerResponse head(SandboxReply answer) {
        HttpServerResponse response = request.response().setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        return response;
    }

    private static void logFailure(Future<?> done) {
        done.onFailure(cause -> log.atDebug().setCause(cause).log("The sandbox's client has disconnected"));
    }
}
