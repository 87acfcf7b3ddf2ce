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

/** One request and the ways of answering it; used on the sandbox's event loop. */
final class FaultStage {
    private static final Logger log = LoggerFactory.getLogger(FaultStage.class);

    private final Context context;
    private final HttpServerRequest request;
    private final Supplier<SandboxReply> ordinary;

    /**
     * A stage.
     *
     * @param ordinary does what was asked; never throws
     */
    FaultStage(Context context, HttpServerRequest request, Supplier<SandboxReply> ordinary) {
        this.context = context;
        this.request = request;
        this.ordinary = ordinary;
    }

    /** Does what was asked, and gives the answer. */
    SandboxReply ordinary() {
        return ordinary.get();
    }

    /** Does what was asked, and forgets the answer. */
    void act() {
        SandboxReply forgotten = ordinary.get();
        log.atDebug().addKeyValue("status", forgotten.status()).log("The sandbox keeps an answer back");
    }

    void send(SandboxReply answer) {
        seen(sending(answer));
    }

    /** For a request that is not read to its end: nothing more can follow it. */
    void sendAndClose(SandboxReply answer) {
        seen(sending(answer).eventually(request.connection()::close));
    }

    private Future<Void> sending(SandboxReply answer) {
        HttpServerResponse response = head(answer);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", Integer.toString(answer.body().length()));
            return response.end();
        }
        return response.end(answer.body());
    }

    /** Sends the head, as if all of the body were to follow, and at most {@code bytes} of it, then closes. */
    void cut(SandboxReply answer, int bytes) {
        Buffer body = answer.body().length() == 0 ? Buffer.buffer(" ") : answer.body();
        HttpServerResponse response = head(answer).putHeader("Content-Length", Integer.toString(body.length()));
        Buffer part = body.slice(0, Math.min(bytes, body.length() - 1));
        seen((part.length() == 0 ? response.writeHead() : response.write(part))
                .eventually(request.connection()::close));
    }

    void close() {
        seen(request.connection().close());
    }

    void pause() {
        HttpServerRequest paused = request.pause();
        log.atDebug().addKeyValue("method", paused.method()).log("The sandbox leaves a body unread");
    }

    void after(Duration duration, Runnable action) {
        after(context.owner().timer(duration.toMillis(), TimeUnit.MILLISECONDS), action);
    }

    void after(Future<?> event, Runnable action) {
        seen(event.eventually(() -> {
            context.runOnContext(ignored -> action.run());
            return Future.succeededFuture();
        }));
    }

    private HttpServerResponse head(SandboxReply answer) {
        HttpServerResponse response = request.response().setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        return response;
    }

    private static void seen(Future<?> done) {
        done.onFailure(cause -> log.atDebug().setCause(cause).log("The sandbox's client has gone"));
    }
}
