package dev.botgate.server;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.testing.GuardExtension;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections leak no memory when their clients disconnect. The leak detector of all tests reports leaks. */
@ExtendWith(TestVertx.class)
class LeakTest {
    private static final int CONNECTIONS = 30;
    private static final String GET = Raw.request("GET /hang HTTP/1.1", List.of(), "");
    private static final String BODY = "x".repeat(20_000);
    private static final String POST = Raw.request("POST /hang HTTP/1.1", List.of(), BODY);

    private final AtomicInteger arrived = new AtomicInteger();
    private final Queue<Runnable> unanswered = new ConcurrentLinkedQueue<>();
    private final ServerPlan plan = new ServerPlan();
    private Vertx vertx;
    private int port;

    @BeforeEach
    void start(Vertx loops) {
        vertx = loops;
        port = await(plan.of(vertx, this::answer).start());
    }

    @AfterEach
    void lookForLeaks() throws InterruptedException {
        GuardExtension.bringLeaksToLight();
    }

    private Future<Reply> answer(Arrival arrival) {
        Future<Reply> reply =
                switch (arrival.head().uri()) {
                    case "/read" -> arrival.body().read(1 << 20).map(ServerPlan::ok);
                    case "/upload" -> upload(arrival.body().stream());
                    case "/big" -> Future.succeededFuture(ServerPlan.ok(Buffer.buffer(new byte[4_000_000])));
                    case "/stream" -> Future.succeededFuture(streamed());
                    default -> never();
                };
        arrived.incrementAndGet();
        return reply;
    }

    /** Like a connector that reads the first part only. */
    private Future<Reply> upload(ReadStream<Buffer> body) {
        body.handler(part -> {});
        body.fetch(1);
        return never();
    }

    /** Until the client has disconnected. */
    private Future<Reply> never() {
        Promise<Reply> promise = Promise.promise();
        Context loop = vertx.getOrCreateContext();
        Reply late = ServerPlan.ok(Buffer.buffer("late"));
        unanswered.add(() -> loop.runOnContext(turn -> promise.complete(late)));
        return promise.future();
    }

    private Reply streamed() {
        EndlessStream stream = new EndlessStream(vertx);
        return new Reply(
                200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Streamed(stream, -1, stream::end));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void pipelinedGets_leakNothing(int count) {
        leaveAfter(client -> client.send(GET.repeat(count)));
    }

    @Test
    void aPostBehindAGet_leaksNothing() {
        leaveAfter(client -> client.send(GET + POST));
    }

    @Test
    void aPostThatIsNotAnswered_leaksNothing() {
        leaveAfter(client -> client.send(POST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hang", "/read", "/upload"})
    void anIncompletePost_leaksNothing(String path) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000000\r\n\r\n";

        leaveAfter(client -> client.send(head).send("x".repeat(300_000)));
    }

    @Test
    void incompleteChunks_leakNothing() {
        String head = "POST /upload HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n";

        leaveAfter(client -> client.send(head + ("4e20\r\n" + BODY + "\r\n").repeat(15) + "10\r\nx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/big", "/stream"})
    void aReplyThatIsReadInPart_leaksNothing(String path) {
        leaveAfter(client -> {
            client.send(Raw.request("GET " + path + " HTTP/1.1", List.of(), "") + POST);
            client.readTo("HTTP/1.1 200 OK\r\n");
        });
    }

    private void leaveAfter(Consumer<Raw> sending) {
        for (int i = 1; i <= CONNECTIONS; i++) {
            arrived.set(0);
            try (Raw client = Raw.connect(port)) {
                sending.accept(client);
                until(() -> arrived.get() > 0);
                if (i % 2 == 0) {
                    client.reset();
                }
            }
            until(this::nobodyIsThere);
        }
    }

    private boolean nobodyIsThere() {
        for (Runnable answer = unanswered.poll(); answer != null; answer = unanswered.poll()) {
            answer.run();
        }
        return plan.connections() == 0;
    }
}
