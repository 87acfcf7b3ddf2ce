package dev.botgate.bench;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** The yardstick: the least that one writes with Vert.x to forward a request, with nothing tuned. One event loop. */
public final class BarePassThrough extends VerticleBase {
    private final int port;
    private final int upstream;

    private BarePassThrough(int port, int upstream) {
        this.port = port;
        this.upstream = upstream;
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int upstream = Integer.parseInt(arguments[1]);
        Vertx.vertx()
                .deployVerticle(new BarePassThrough(port, upstream))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Override
    public Future<?> start() {
        // As many connections as the gateway has for what it passes through: the default, 5, would measure the queue
        // for them.
        HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(128));
        return vertx.createHttpServer()
                .requestHandler(request -> forward(client, request))
                .listen(port, "127.0.0.1");
    }

    private void forward(HttpClient client, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        boolean hasBody = request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        if (hasBody) {
            request.pause();
        }
        client.request(new RequestOptions()
                        .setHost("127.0.0.1")
                        .setPort(upstream)
                        .setMethod(request.method())
                        .setURI(request.uri())
                        .setHeaders(request.headers()))
                .compose(sent -> hasBody ? sent.send(request) : sent.send())
                .compose(reply -> {
                    response.setStatusCode(reply.statusCode());
                    response.headers().setAll(reply.headers());
                    return reply.pipeTo(response);
                })
                .onFailure(cause -> request.connection().close());
    }
}
