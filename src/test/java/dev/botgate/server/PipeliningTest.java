package dev.botgate.server;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.server.ClientConnections.CloseReason;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of requests and replies on one connection, and the memory that they take. */
@ExtendWith(TestVertx.class)
class PipeliningTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    private final AtomicInteger arrived = new AtomicInteger();
    private final Queue<Runnable> unanswered = new ConcurrentLinkedQueue<>();
    private final ServerPlan plan = new ServerPlan();

    private int start(Vertx vertx) {
        return await(plan.of(vertx, arrival -> answer(vertx, arrival)).start());
    }

    private Future<Reply> answer(Vertx vertx, Arrival arrival) {
        Future<Reply> reply =
                switch (arrival.head().uri()) {
                    case "/hang" -> later(vertx);
                    case "/large" -> Future.succeededFuture(ServerPlan.ok(Buffer.buffer(new byte[16 << 20])));
                    case "/list" -> Future.succeededFuture(ServerPlan.ok(Buffer.buffer(new byte[12_000])));
                    case "/stream" -> Future.succeededFuture(streamed(vertx));
                    default -> arrival.body().read(1 << 20).map(ServerPlan::ok);
                };
        arrived.incrementAndGet();
        return reply;
    }

    private Future<Reply> later(Vertx vertx) {
        Promise<Reply> promise = Promise.promise();
        Context loop = vertx.getOrCreateContext();
        Reply late = ServerPlan.ok(Buffer.buffer("late"));
        unanswered.add(() -> loop.runOnContext(turn -> promise.complete(late)));
        return promise.future();
    }

    private static Reply streamed(Vertx vertx) {
        EndlessStream stream = new EndlessStream(vertx);
        return new Reply(
                200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Streamed(stream, -1, stream::end));
    }

    @Test
    void aPipelinedRequestWaits_untilThePreviousOneWasAnswered(Vertx vertx) {
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/hang") + post("first") + post("second"));
            until(() -> !unanswered.isEmpty());
            int before = arrived.get();
            unanswered.remove().run();

            assertThat(client.reply().text()).isEqualTo("late");
            assertThat(client.reply().text()).isEqualTo("first");
            assertThat(client.reply().text()).isEqualTo("second");
            assertThat(before).isEqualTo(1);
            assertThat(arrived.get()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/list", "/large", "/stream"})
    void aClientThatReadsNothing_getsNoFurtherReplies(String path, Vertx vertx) {
        int port = start(vertx);
        try (Raw client = Raw.connect(port);
                Raw other = Raw.connect(port)) {
            client.send(get(path).repeat(2_000));
            until(() -> arrived.get() > 0);
            Raw.Reply reply = other.send(post("hello")).reply();

            assertThat(reply.text()).isEqualTo("hello");
            // The kernel takes some megabytes for two sockets, and the gateway one reply more, or what fits in a queue.
            assertThat(arrived.get()).isLessThan(1_000);
            assertThat(plan.unsent()).isBetween(1.0, 200_000.0);
        }
        until(() -> plan.connections() == 0);
    }

    @Test
    void aDisconnectedClient_isNoticedBehindAPipelinedBody(Vertx vertx) {
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/hang") + post("x".repeat(50_000)));
            until(() -> !unanswered.isEmpty());
        }

        until(() -> plan.connections() == 0);
        assertThat(arrived.get()).isEqualTo(1);
    }

    @Test
    void aDisconnectedClient_isNoticedInTimeBehindALargePipelinedBody(Vertx vertx) {
        plan.headTimeout(SHORT);
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/hang") + post("x".repeat(500_000)));
            until(() -> !unanswered.isEmpty());
        }

        until(() -> plan.connections() == 0);
        assertThat(arrived.get()).isEqualTo(1);
    }

    @Test
    void pipelinedRequestsThatWaitTooLong_areDropped_andThePreviousReplySaysClose(Vertx vertx) {
        plan.headTimeout(SHORT);
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/hang") + post("x".repeat(500_000)));
            until(() -> plan.closed(CloseReason.PIPELINE) == 1);
            unanswered.remove().run();
            Raw.Reply reply = client.reply();

            assertThat(reply.text()).isEqualTo("late");
            assertThat(reply.all("Connection")).containsExactly("close");
            assertThat(client.untilClosed()).isEmpty();
        }
        assertThat(arrived.get()).isEqualTo(1);
    }

    @Test
    void whenAllPipelinesTakeTooMuchMemory_furtherRequestsInThemAreDroppedAtOnce(Vertx vertx) {
        plan.maximumBytes(400_000);
        int port = start(vertx);
        List<Raw> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(Raw.connect(port).send(get("/hang") + post("x".repeat(30_000))));
        }
        until(() -> unanswered.size() == 5 && plan.closed(CloseReason.PIPELINE) > 0);
        clients.forEach(Raw::close);

        until(() -> plan.connections() == 0);
        assertThat(plan.closed(CloseReason.PIPELINE)).isLessThan(5);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/list") + post("hello"));

            assertThat(client.reply().body().length()).isEqualTo(12_000);
            assertThat(client.reply().text()).isEqualTo("hello");
        }
    }

    @Test
    void aThousandPipelinedRequests_areAnsweredInOrder(Vertx vertx) {
        int port = start(vertx);
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            requests.append(post(Integer.toString(i)));
        }
        try (Raw client = Raw.connect(port)) {
            client.send(requests.toString());
            for (int i = 0; i < 1_000; i++) {
                assertThat(client.reply().text()).isEqualTo(Integer.toString(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/large", "/stream"})
    void aClientThatReadsNothingOfItsReply_isDisconnected(String path, Vertx vertx) {
        plan.writeTimeout(SHORT);
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get(path));

            until(() -> arrived.get() == 1 && plan.connections() == 0);
        }
        assertThat(plan.closed(CloseReason.WRITE_TIMEOUT)).isEqualTo(1);
    }

    /** A slow client must read this much before the gateway notices any progress. */
    @Test
    void theSendBufferOfAConnection_isSmall(Vertx vertx) {
        plan.writeTimeout(SHORT);
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            client.send(get("/large"));
            until(() -> plan.closed(CloseReason.WRITE_TIMEOUT) == 1);

            assertThat(client.untilClosed()).hasSizeLessThan(1 << 20);
        }
    }

    @Test
    void whenUnsentRepliesTakeTooMuchMemory_theLongestStalledClientIsDisconnected(Vertx vertx) {
        plan.maximumBytes(1_000_000);
        int port = start(vertx);
        List<Raw> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int count = i + 1;
            clients.add(Raw.connect(port).send(get("/large")));
            until(() -> arrived.get() == count);
            assertThat(plan.unsent()).isLessThan(1_200_000);
        }
        until(() -> plan.closed(CloseReason.UNSENT_BYTES) > 20);
        Raw first = clients.get(0);
        Raw last = clients.get(39);

        assertThat(first.untilClosed()).hasSizeLessThan(16 << 20);
        assertThat(last.reply().body().length()).isEqualTo(16 << 20);
        clients.forEach(Raw::close);
        until(() -> plan.unsent() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: x\r\nHost: y", "X-Host: x", "Host: x\r\nSec-WebSocket-Key1: 1"})
    void anAmbiguousHeadOfOptionsForAll_isRefused(String headers, Vertx vertx) {
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            Raw.Reply reply =
                    client.send("OPTIONS * HTTP/1.1\r\n" + headers + "\r\n\r\n").reply();

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.all("Connection")).containsExactly("close");
        }
    }

    /** After this reply the client may or may not send its body. */
    @Test
    void afterOptionsForAllWithAnExpectation_theNextRequestIsNotReadAsItsBody(Vertx vertx) {
        int port = start(vertx);
        String head = "OPTIONS * HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        try (Raw client = Raw.connect(port)) {
            Raw.Reply reply = client.send(head + post("next")).next();

            assertThat(reply.status()).isEqualTo(204);
            assertThat(reply.all("Connection")).containsExactly("close");
            assertThat(client.untilClosed()).isEmpty();
        }
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
                            .reply()
                            .status())
                    .isEqualTo(204);
            assertThat(client.send(post("next")).reply().text()).isEqualTo("next");
        }
        assertThat(arrived.get()).isEqualTo(1);
    }

    @Test
    void aLargeReply_arrivesWhole(Vertx vertx) {
        int port = start(vertx);
        try (Raw client = Raw.connect(port)) {
            Raw.Reply reply = client.send(get("/large")).reply();

            assertThat(reply.body().length()).isEqualTo(16 << 20);
            assertThat(client.send(post("next")).reply().text()).isEqualTo("next");
        }
    }

    private static String get(String path) {
        return Raw.request("GET " + path + " HTTP/1.1", List.of(), "");
    }

    private static String post(String body) {
        return Raw.request("POST /echo HTTP/1.1", List.of(), body);
    }
}
