package dev.botgate.hammer;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that send one message after the other, each to a conversation of its own, until told to stop. */
final class HammerLoad {
    private static final int CLIENTS = 16;
    private static final int NO_ANSWER = 0;

    private final Vertx vertx;
    private final HttpClient client;
    private final int port;
    private final String name;
    private final long pauseMillis;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger created = new AtomicInteger();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger(CLIENTS);
    private final Promise<Void> ended = Promise.promise();
    private volatile boolean stopping;

    /** @param status 0 where there was no answer */
    record Answer(int status, long micros) {}

    private HammerLoad(Vertx vertx, int port, String name, long pauseMillis) {
        this.vertx = vertx;
        this.port = port;
        this.name = name;
        this.pauseMillis = pauseMillis;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(1_000), new PoolOptions().setHttp1MaxSize(CLIENTS));
    }

    /** Starts to send to the gateway at {@code port}; the conversations begin with {@code name}. */
    static HammerLoad start(Vertx vertx, int port, String name, long pauseMillis) {
        HammerLoad load = new HammerLoad(vertx, port, name, pauseMillis);
        for (int i = 0; i < CLIENTS; i++) {
            load.next();
        }
        return load;
    }

    /** Stops, and tells how each URI was answered. */
    Future<Map<String, Answer>> stop() {
        stopping = true;
        return ended.future().compose(done -> client.close()).map(closed -> answers);
    }

    /** How many were answered 201 so far. */
    int created() {
        return created.get();
    }

    private void next() {
        if (stopping) {
            if (running.decrementAndGet() == 0) {
                ended.complete();
            }
            return;
        }
        String uri = "/v3/conversations/" + name + "-" + count.incrementAndGet() + "/activities";
        long started = System.nanoTime();
        send(uri).onComplete(status -> {
            long micros = (System.nanoTime() - started) / 1_000;
            answers.put(uri, new Answer(status.succeeded() ? status.result() : NO_ANSWER, micros));
            if (status.succeeded() && status.result() == 201) {
                created.incrementAndGet();
            }
            long pause = status.succeeded() && status.result() < 500 ? pauseMillis : 20;
            vertx.setTimer(Math.max(1, pause), ignored -> next());
        });
    }

    private Future<Integer> send(String uri) {
        return client.request(HttpMethod.POST, port, "127.0.0.1", uri)
                .compose(request -> request.putHeader("Content-Type", "application/json")
                        .send(Buffer.buffer("{\"type\":\"message\",\"text\":\"" + "x".repeat(300) + "\"}")))
                .compose(response -> response.body().map(body -> response.statusCode()))
                .timeout(20, TimeUnit.SECONDS);
    }
}
