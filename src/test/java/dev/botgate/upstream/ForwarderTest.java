package dev.botgate.upstream;

import static dev.botgate.upstream.Forwarding.call;
import static dev.botgate.upstream.Forwarding.forwarder;
import static dev.botgate.upstream.Forwarding.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Await;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    void aMutationsSuccessfulReplyThatIsCut_isPassedOnAsFarAsItCame(Vertx vertx) {
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
    void aStreamedReply_isPassedOnAsItArrives(Vertx vertx) {
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
    void whenTheUpstreamIsUnreachable_theCallDidNotHappen(Vertx vertx) {
        Failure failure = failure(forward(vertx, ScriptedUpstream.nobody(), "POST", SEND));

        assertThat(failure).isEqualTo(Failure.UPSTREAM_UNREACHABLE);
        assertThat(failure.mayHaveHappened()).isFalse();
    }

    @Test
    void whenNoReplyComes_theCallMayHaveHappened(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.cutHead(), Script.hang())) {
            assertThat(failure(forward(vertx, upstream.url(), "POST", SEND))).isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
            Failure late = failure(forward(vertx, upstream.url(), "POST", SEND, Duration.ofMillis(500)));

            assertThat(late).isEqualTo(Failure.UPSTREAM_TIMEOUT);
            assertThat(late.mayHaveHappened()).isTrue();
        }
    }

    @Test
    void whenTheUpstreamStopsReading_theConnectionIsClosed(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Outstay()))) {
            Failure late = failure(forwarder(vertx, upstream.url(), Duration.ofMillis(500), 4)
                    .serve(post(SEND, Buffer.buffer(new byte[32 << 20]))));

            assertThat(late).isEqualTo(Failure.UPSTREAM_TIMEOUT);
            Await.until(() -> upstream.open() == 0);
        }
    }

    @Test
    void whenTheUpstreamRepliesBeforeReadingTheBody_theConnectionIsClosed(Vertx vertx) {
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
}
