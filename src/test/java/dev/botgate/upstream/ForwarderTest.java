package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Clearance;
import dev.botgate.exchange.HeldBytes;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.Await;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.Step;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestVertx.class)
class ForwarderTest {
    private static final String SEND = "/v3/conversations/c/activities";

    @Test
    void aMutationWhoseSuccessWasCut_isPassedOnAsFarAsItCame(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.cutBody(20, "{\"id"))) {
            Reply reply = Await.await(forward(vertx, upstream.url(), "POST", SEND));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo(new ReplyBody.Cut(Buffer.buffer("{\"id"), 20));
        }
    }

    @Test
    void aReadThatWasCut_fails(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.cutBody(20, "{\"id"))) {
            assertThat(failure(forward(vertx, upstream.url(), "GET", "/v3/conversations")))
                    .isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 504})
    void aMutationsReplyThatIsTooLargeToHold_passesThrough(int status, Vertx vertx) {
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(Script.reply(status, "\"" + "x".repeat(2_000) + "\""))) {
            Reply reply = Await.await(forward(vertx, upstream.url(), "POST", SEND));

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.body()).isInstanceOfSatisfying(ReplyBody.Streamed.class, body -> {
                assertThat(body.length()).isEqualTo(2_002);
                body.abandon().run();
            });
        }
    }

    @Test
    void aSmallStreamedReplyThatComesAtOnce_isOnePiece(Vertx vertx) {
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))) {
            Reply reply = Await.await(forward(vertx, upstream.url(), "GET", "/v3/attachments/a"));

            assertThat(reply.body()).isEqualTo(new ReplyBody.Whole(Buffer.buffer("hello")));
        }
    }

    @Test
    void ofASmallStreamedReply_whatComesLaterStreams(Vertx vertx) {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello")
                        .then(new Step.Await(gate), new Step.Write(" world")))) {
            Reply reply = Await.await(forward(vertx, upstream.url(), "GET", "/v3/attachments/a"));
            ReplyBody.Streamed body = (ReplyBody.Streamed) reply.body();
            List<String> chunks = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> end = new CompletableFuture<>();

            body.stream().exceptionHandler(end::completeExceptionally);
            body.stream().endHandler(end::complete);
            body.stream().handler(chunk -> {
                chunks.add(chunk.toString());
                gate.countDown();
            });
            vertx.runOnContext(run -> body.stream().resume());
            Await.until(end::isDone);

            assertThat(end).isCompleted();
            assertThat(chunks).containsExactly("hello", " world");
        }
    }

    @Test
    void aReadThatIsTooLargeToHold_fails(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "\"" + "x".repeat(2_000) + "\""))) {
            assertThat(failure(forward(vertx, upstream.url(), "GET", "/v3/conversations")))
                    .isEqualTo(Failure.UPSTREAM_REPLY_TOO_LARGE);
        }
    }

    @Test
    void whatNobodyTook_certainlyDidNotHappen(Vertx vertx) {
        Failure failure = failure(forward(vertx, ScriptedUpstream.nobody(), "POST", SEND));

        assertThat(failure).isEqualTo(Failure.UPSTREAM_UNREACHABLE);
        assertThat(failure.mayHaveHappened()).isFalse();
    }

    @Test
    void whatWasTakenWithoutAnAnswer_mayHaveHappened(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.cutHead(), Script.hang())) {
            assertThat(failure(forward(vertx, upstream.url(), "POST", SEND))).isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
            Failure late = failure(forward(vertx, upstream.url(), "POST", SEND, Duration.ofMillis(500)));

            assertThat(late).isEqualTo(Failure.UPSTREAM_TIMEOUT);
            assertThat(late.mayHaveHappened()).isTrue();
        }
    }

    @Test
    void whatTheUpstreamStoppedReading_keepsNoConnection(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Outstay()))) {
            Failure late = failure(forwarder(vertx, upstream.url(), Duration.ofMillis(500), 4)
                    .serve(post(SEND, Buffer.buffer(new byte[32 << 20]))));

            assertThat(late).isEqualTo(Failure.UPSTREAM_TIMEOUT);
            Await.until(() -> upstream.open() == 0);
        }
    }

    @Test
    void whatTheUpstreamAnsweredWithoutReadingOn_keepsNoConnection(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(
                new Step.ReadHead(),
                new Step.Write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
                new Step.Outstay()))) {
            Reply reply = Await.await(forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 4)
                    .serve(post(SEND, Buffer.buffer(new byte[32 << 20]))));

            assertThat(reply.status()).isEqualTo(413);
            Await.until(() -> upstream.open() == 0);
        }
    }

    @Test
    void whileAnotherLeaveIsAskedFor_theConnectionIsKept(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Leave leave = new Leave();
            Future<Reply> first = forwarder.serve(call("POST", SEND + "/first").with(leave));
            leave.renewals.remove().complete();
            Await.until(() -> !leave.lasts.isEmpty());
            Future<Reply> second = forwarder.serve(call("POST", SEND + "/second"));

            leave.lasts.remove().complete(true);

            Await.await(first);
            Await.await(second);
            assertThat(upstream.take().requestLine()).contains("/first");
            assertThat(upstream.take().requestLine()).contains("/second");
        }
    }

    @Test
    void whoHasToWaitForAnotherLeave_leavesItsConnectionToOthers(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Leave leave = new Leave();
            Future<Reply> first = forwarder.serve(call("POST", SEND + "/first").with(leave));
            leave.renewals.remove().complete();
            Await.until(() -> !leave.lasts.isEmpty());

            leave.lasts.remove().complete(false);

            Await.await(forwarder.serve(call("POST", SEND + "/second")));
            leave.renewals.remove().complete();
            Await.until(() -> !leave.lasts.isEmpty());
            leave.lasts.remove().complete(true);
            Await.await(first);
            assertThat(upstream.take().requestLine()).contains("/second");
            assertThat(upstream.take().requestLine()).contains("/first");
        }
    }

    /** A leave whose answers the test gives. */
    private static final class Leave implements Clearance {
        final Queue<Promise<Void>> renewals = new ConcurrentLinkedQueue<>();
        final Queue<Promise<Boolean>> lasts = new ConcurrentLinkedQueue<>();

        @Override
        public Future<Void> renewed() {
            return asked(renewals);
        }

        @Override
        public Future<Boolean> last() {
            return asked(lasts);
        }

        private static <T> Future<T> asked(Queue<Promise<T>> asked) {
            Promise<T> answer = Promise.promise();
            asked.add(answer);
            return answer.future();
        }
    }

    private static Failure failure(Future<Reply> reply) {
        return catchThrowableOfType(GatewayException.class, () -> Await.await(reply))
                .failure();
    }

    private static Future<Reply> forward(Vertx vertx, URI url, String method, String path) {
        return forward(vertx, url, method, path, Duration.ofSeconds(30));
    }

    private static Future<Reply> forward(Vertx vertx, URI url, String method, String path, Duration firstByte) {
        return forwarder(vertx, url, firstByte, 4).serve(call(method, path));
    }

    private static Forwarder forwarder(Vertx vertx, URI url, Duration firstByte, int connections) {
        UpstreamSettings settings = new UpstreamSettings(
                "up",
                Map.of("up", new ConnectorSettings(url)),
                Duration.ofSeconds(5),
                firstByte,
                Duration.ofSeconds(5),
                connections,
                4,
                1_024,
                ForwardedPolicy.REPLACE,
                null,
                Retrying.never());
        return new Forwarder(
                vertx,
                settings,
                new Connectors(settings, URI.create("http://gate")),
                null,
                new HeldBytes(1 << 20, new SimpleMeterRegistry()),
                new SimpleMeterRegistry());
    }

    private static Call call(String method, String path) {
        RequestHead head = new RequestHead(
                "r",
                Instant.EPOCH,
                method,
                "up",
                path,
                RouteTable.match(method, path),
                MultiMap.caseInsensitiveMultiMap(),
                new Peer("127.0.0.1", "http", "gate"));
        return new Call(
                head, Caller.anonymous(), method.equals("POST") ? whole(Buffer.buffer("{}")) : new Payload.None());
    }

    private static Call post(String path, Buffer body) {
        return call("POST", path).with(whole(body));
    }

    private static Payload whole(Buffer body) {
        return new Payload.Whole(body, null, "application/json", List.of());
    }
}
