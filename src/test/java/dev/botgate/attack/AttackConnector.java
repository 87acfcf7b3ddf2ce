package dev.botgate.attack;

import dev.botgate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;

/** A connector that answers at once, or one that never answers. */
final class AttackConnector {
    private static final Buffer CREATED = Buffer.buffer("{\"id\":\"1\"}");
    private static final Buffer MEMBERS = members();
    /** What the conversation {@code large} is answered with; below the default of maximum-reply-bytes. */
    private static final int LARGE = 15_000_000;

    private static final Buffer LARGE_BEGINNING = Buffer.buffer("{\"id\":\"1\",\"padding\":\"");
    private static final Buffer LARGE_PART = Buffer.buffer("x".repeat(60_000));
    private static final Buffer LARGE_END = Buffer.buffer("\"}");

    private final HttpServer server;

    private AttackConnector(HttpServer server) {
        this.server = server;
    }

    static AttackConnector answering(Vertx vertx) {
        return start(vertx, AttackConnector::answer);
    }

    static AttackConnector silent(Vertx vertx) {
        return start(vertx, request -> {});
    }

    private static AttackConnector start(Vertx vertx, Handler<HttpServerRequest> requests) {
        HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
        return new AttackConnector(Await.await(
                vertx.createHttpServer(options).requestHandler(requests).listen()));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    private static void answer(HttpServerRequest request) {
        var unused = request.end().compose(read -> {
            var response = request.response().putHeader("Content-Type", "application/json");
            if (request.method().equals(HttpMethod.GET)) {
                return response.end(request.path().equals("/o") ? CREATED : MEMBERS);
            }
            response.setStatusCode(201);
            return request.path().contains("/large/") ? large(response) : response.end(CREATED);
        });
    }

    /** As fast as it is taken, so that it costs little memory here. */
    private static Future<Void> large(HttpServerResponse response) {
        return response.setChunked(true).write(LARGE_BEGINNING).compose(written -> more(response, LARGE));
    }

    private static Future<Void> more(HttpServerResponse response, int left) {
        return left <= 0
                ? response.end(LARGE_END)
                : response.write(LARGE_PART).compose(written -> more(response, left - LARGE_PART.length()));
    }

    /** A list of about 12 kB. */
    private static Buffer members() {
        StringBuilder list = new StringBuilder("[");
        for (int i = 0; i < 120; i++) {
            list.append(i == 0 ? "" : ",").append("{\"id\":\"29:").append(i).append("\",\"name\":\"");
            list.append("m".repeat(75)).append("\"}");
        }
        return Buffer.buffer(list.append(']').toString());
    }
}
