package dev.botgate.upstream;

import static dev.botgate.upstream.Forwarding.call;
import static dev.botgate.upstream.Forwarding.forwarder;
import static dev.botgate.upstream.Forwarding.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Await;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.streams.ReadStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a reply begins and ends, by RFC 9112 section 6.3, and what comes before and after it. */
@ExtendWith(TestVertx.class)
class RepliesAtTheirEdgesTest {
    private static final String SEND = "/v3/conversations/c/activities";
    private static final String ATTACHMENT = "/v3/attachments/a/views/v";
    private static final String EVIL = "HTTP/1.1 418 Evil\r\nX-Evil: 1\r\nX-Eat: ";
    private static final Script OWN = Script.reply(200, "{\"id\":\"own\"}");

    // spotless:off
    static Stream<Arguments> surpluses() {
        return Stream.of(
                Arguments.of("DELETE", SEND + "/a", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", "{}"),
                Arguments.of("DELETE", SEND + "/a", "HTTP/1.1 204 No Content\r\n\r\n", EVIL),
                Arguments.of("DELETE", SEND + "/a", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "{}"),
                Arguments.of("DELETE", SEND + "/a", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", EVIL),
                Arguments.of("GET", ATTACHMENT, "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", "{}"),
                Arguments.of("HEAD", ATTACHMENT, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "{}"),
                Arguments.of("HEAD", ATTACHMENT, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("POST", SEND, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", EVIL),
                Arguments.of("POST", SEND, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", EVIL),
                Arguments.of("POST", SEND, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "\r\n"),
                Arguments.of("POST", SEND, "HTTP/1.1 200 OK\r\nConnection: X-Foo\r\nX-Foo: 1\r\nContent-Length: 2\r\n\r\n{}", EVIL));
    }
    // spotless:on

    @ParameterizedTest
    @MethodSource("surpluses")
    void bytesAfterAReply_areNotTheNextReply(String method, String path, String reply, String surplus, Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.exactly(reply + surplus), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Reply first = Await.await(on(context, forwarder, call(method, path)));

            Reply second = Await.await(on(context, forwarder, call("POST", SEND)));

            assertThat(first.status()).isIn(200, 204, 304);
            assertThat(first.headers().contains("X-Foo")).isFalse();
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.body()).isEqualTo(new ReplyBody.Whole(Buffer.buffer("{\"id\":\"own\"}")));
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("surpluses")
    void aRequestThatWaitsForTheConnection_doesNotGetBytesAfterAReply(
            String method, String path, String reply, String surplus, Vertx vertx) {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.exactly().then(new Step.Await(gate), Step.Write.utf8(reply + surplus)), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Future<Reply> first = on(context, forwarder, call(method, path));
            Future<Reply> second = on(context, forwarder, call("POST", SEND));
            gate.countDown();

            assertThat(Await.await(first).status()).isIn(200, 204, 304);
            assertThat(Await.await(second).body()).isEqualTo(new ReplyBody.Whole(Buffer.buffer("{\"id\":\"own\"}")));
        }
    }

    /** Only the next request shows that a body follows. */
    @ParameterizedTest
    @CsvSource({"HEAD, 200 OK", "GET, 304 Not Modified", "GET, 204 No Content"})
    void aConnectionOnWhichABodyMayFollow_isNotReused(String method, String status, Vertx vertx) {
        String reply = "HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.exactly(reply), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Await.await(on(context, forwarder, call(method, ATTACHMENT)));

            Await.await(on(context, forwarder, call("POST", SEND)));

            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void sequentialRequests_shareOneConnection(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.reply(200, "{}"), Script.exactly("HTTP/1.1 204 No Content\r\n\r\n"), OWN, OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 4);
            Context context = vertx.getOrCreateContext();

            Await.await(on(context, forwarder, call("POST", SEND)));
            Await.await(on(context, forwarder, call("DELETE", SEND + "/a")));
            Await.await(on(context, forwarder, call("POST", SEND)));
            Await.await(on(context, forwarder, call("POST", SEND)));

            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    /** As it does while the reply waits for the trail, or for another reply of the same connection. */
    @ParameterizedTest
    @ValueSource(ints = {10_000, 300_000})
    void aReplyThatBreaksBeforeItIsRead_fails(int length, Vertx vertx) {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n{}")
                        .then(new Step.Await(gate), new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Reply reply = Await.await(on(context, forwarder, call("GET", ATTACHMENT)));
            gate.countDown();
            Await.until(() -> upstream.open() == 0);

            Future<Buffer> read = slowly(vertx, context, ((ReplyBody.Streamed) reply.body()).stream());

            assertThat(catchThrowableOfType(GatewayException.class, () -> Await.await(read))
                            .failure())
                    .isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", EVIL, EVIL + "1\r\n\r\n"})
    void bytesOnAnIdleConnection_closeIt(String surplus, Vertx vertx) {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.reply(200, "{}").then(new Step.Await(gate), new Step.Write(surplus), new Step.Hang()), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Await.await(on(context, forwarder, call("POST", SEND)));
            gate.countDown();

            Await.until(() -> upstream.open() == 0);

            assertThat(Await.await(on(context, forwarder, call("POST", SEND))).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void bytesInTheSocketBeforeARequestIsSent_areNotItsReply(Vertx vertx) throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.reply(200, "{}")
                        .then(new Step.Await(gate), new Step.Write(EVIL + "1\r\n\r\n"), new Step.Signal(written)),
                OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Await.await(on(context, forwarder, call("POST", SEND)));
            Promise<Reply> second = Promise.promise();
            context.runOnContext(run -> {
                gate.countDown();
                uninterruptibly(written);
                forwarder.serve(call("POST", SEND)).onComplete(second);
            });

            assertThat(Await.await(second.future()).body())
                    .isEqualTo(new ReplyBody.Whole(Buffer.buffer("{\"id\":\"own\"}")));
        }
    }

    @Test
    void aReplyWhoseReaderHasPaused_isReadToItsEnd_whateverFollowsIt(Vertx vertx) {
        String body = "x".repeat(300_000);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body + EVIL), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Reply reply = Await.await(on(context, forwarder, call("GET", ATTACHMENT)));

            Future<Buffer> read = slowly(vertx, context, ((ReplyBody.Streamed) reply.body()).stream());

            assertThat(Await.await(read).toString()).isEqualTo(body);
            assertThat(Await.await(on(context, forwarder, call("POST", SEND))).body())
                    .isEqualTo(new ReplyBody.Whole(Buffer.buffer("{\"id\":\"own\"}")));
        }
    }

    @Test
    void theLastReplyOfAConnection_isReadToItsEnd_howeverSlowly(Vertx vertx) {
        String body = "x".repeat(300_000);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.exactly("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n" + body)
                        .then(new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            Reply reply = Await.await(on(context, forwarder, call("GET", ATTACHMENT)));

            Future<Buffer> read = slowly(vertx, context, ((ReplyBody.Streamed) reply.body()).stream());

            assertThat(Await.await(read).toString()).isEqualTo(body);
        }
    }

    /** The library holds a few parts of it while its reader pauses, and would drop them with the connection. */
    @ParameterizedTest
    @ValueSource(ints = {70_000, 140_000, 200_000, 270_000, 330_000, 400_000, 600_000})
    void aReplyAfterWhichTheUpstreamCloses_isReadToItsEnd_howeverSlowly(int length, Vertx vertx) {
        String body = "x".repeat(length);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + body)
                        .then(new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            for (int i = 0; i < 10; i++) {
                Reply reply = Await.await(on(context, forwarder, call("GET", ATTACHMENT)));

                Future<Buffer> read = slowly(vertx, context, ((ReplyBody.Streamed) reply.body()).stream());

                assertThat(Await.await(read).length()).isEqualTo(length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 199})
    void anInterimReply_isSkipped(int status, Vertx vertx) {
        String interim = "HTTP/1.1 " + status + " Wait\r\nLink: </x>\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.exactly(interim, interim, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();

            Reply reply = Await.await(on(context, forwarder, call("POST", SEND)));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers().contains("Link")).isFalse();
            assertThat(Await.await(on(context, forwarder, call("HEAD", ATTACHMENT)))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void anUpgradeThatWasNotRequested_isAnError(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.head("HTTP/1.1 101 Switching Protocols", "Upgrade: h2c", "Connection: Upgrade"), OWN)) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();

            assertThat(failure(on(context, forwarder, call("POST", SEND)))).isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
            assertThat(Await.await(on(context, forwarder, call("POST", SEND))).body())
                    .isEqualTo(new ReplyBody.Whole(Buffer.buffer("{\"id\":\"own\"}")));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 400_000, 5_000_000})
    void aReplyThatCameBeforeSendingFailed_isTheReply(int size, Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(
                new Step.ReadHead(),
                new Step.Write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"),
                new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();
            for (int i = 0; i < 10; i++) {
                Reply reply = Await.await(on(context, forwarder, post(SEND, Buffer.buffer(new byte[size]))));

                assertThat(reply.status()).isEqualTo(413);
                assertThat(reply.body()).isEqualTo(new ReplyBody.Whole(Buffer.buffer("{}")));
            }
        }
    }

    @Test
    void overTlsToo_aReplyThatCameBeforeSendingFailed_isTheReply(Vertx vertx) {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        NetServer upstream = Await.await(vertx.createNetServer(
                        new NetServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                .connectHandler(socket -> socket.handler(head -> {
                    socket.pause();
                    socket.write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                            .eventually(socket::close)
                            .onComplete(closed -> {});
                }))
                .listen(0, "localhost"));
        URI url = URI.create("https://localhost:" + upstream.actualPort());
        Forwarder forwarder = forwarder(vertx, url, Duration.ofSeconds(30), 1, certificate.trustOptions());
        Context context = vertx.getOrCreateContext();
        for (int i = 0; i < 10; i++) {
            Reply reply = Await.await(on(context, forwarder, post(SEND, Buffer.buffer(new byte[5_000_000]))));

            assertThat(reply.status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 400_000, 5_000_000})
    void whenSendingFailsAndNoReplyCame_theReplyIsBroken(int size, Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();

            assertThat(failure(on(context, forwarder, post(SEND, Buffer.buffer(new byte[size])))))
                    .isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip", "gzip\r\nTransfer-Encoding: chunked", "xchunked"})
    void aTransferCodingOtherThanChunked_isNotPassedOn(String coding, Vertx vertx) {
        String reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(Script.exactly(reply).then(new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context context = vertx.getOrCreateContext();

            assertThat(failure(on(context, forwarder, call("GET", "/v3/conversations/c/members"))))
                    .isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
            assertThat(failure(on(context, forwarder, call("GET", ATTACHMENT))))
                    .isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
            Reply done = Await.await(on(context, forwarder, call("POST", SEND)));
            assertThat(done.status()).isEqualTo(200);
            assertThat(done.body()).isEqualTo(new ReplyBody.Cut(Buffer.buffer(), -1));
        }
    }

    private static Future<Reply> on(Context context, Forwarder forwarder, Call call) {
        Promise<Reply> reply = Promise.promise();
        context.runOnContext(run -> forwarder.serve(call).onComplete(reply));
        return reply.future();
    }

    /** Takes one chunk in each turn of the event loop, and begins only when everything has arrived that will without it. */
    private static Future<Buffer> slowly(Vertx vertx, Context context, ReadStream<Buffer> stream) {
        Promise<Buffer> whole = Promise.promise();
        Buffer all = Buffer.buffer();
        context.runOnContext(run -> {
            stream.exceptionHandler(whole::tryFail);
            stream.endHandler(end -> whole.tryComplete(all));
            stream.handler(chunk -> {
                all.appendBuffer(chunk);
                vertx.setTimer(10, later -> stream.fetch(1));
            });
            vertx.setTimer(50, later -> stream.fetch(1));
        });
        return whole.future();
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static Failure failure(Future<Reply> reply) {
        return catchThrowableOfType(GatewayException.class, () -> Await.await(reply))
                .failure();
    }
}
