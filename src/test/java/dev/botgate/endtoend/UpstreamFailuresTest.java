package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.ScriptedUpstream.FullBacklog;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the upstream does wrong, and the honest answer and record of it. */
class UpstreamFailuresTest extends GatewayTestBase {
    private static final Script REFUSED_EARLY = Script.of(
            new Step.ReadHead(),
            new Step.Write("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"),
            new Step.Close());

    private final FullBacklog full = FullBacklog.start();
    private final ScriptedUpstream early = ScriptedUpstream.start(Script.of(
            new Step.ReadHead(),
            new Step.Write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
            new Step.Hang()));

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.named("nobody", ScriptedUpstream.nobody())
                .named("full", full.url())
                .named("early", early.url())
                .set("NORMALIZE_MAXIMUM_BODY_BYTES", "16MiB")
                .set("UPSTREAM_CONNECT_TIMEOUT", "1s")
                .set("UPSTREAM_FIRST_BYTE_TIMEOUT", "1s")
                .set("UPSTREAM_IDLE_TIMEOUT", "1s")
                .set("UPSTREAM_MAXIMUM_REPLY_BYTES", "2000")
                .set("UPSTREAM_RETRY_MAXIMUM_ATTEMPTS", "1");
    }

    @AfterAll
    void closeTheOthers() {
        full.close();
        early.close();
    }

    // spotless:off
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("hang", Script.hang(), 504, "UpstreamTimeout", OutcomeStatus.UNKNOWN),
                Arguments.of("a head that stops", Script.exactly("HTTP/1.1 200 OK\r\nContent-").then(new Step.Hang()), 504, "UpstreamTimeout", OutcomeStatus.UNKNOWN),
                Arguments.of("a cut before the head", Script.cutHead(), 502, "UpstreamReplyBroken", OutcomeStatus.UNKNOWN),
                Arguments.of("a reset before the head", Script.resetHead(), 502, "UpstreamReplyBroken", OutcomeStatus.UNKNOWN),
                Arguments.of("garbage", Script.garbage(), 502, "UpstreamReplyBroken", OutcomeStatus.UNKNOWN),
                Arguments.of("huge headers", Script.hugeHeader(100_000), 502, "UpstreamReplyBroken", OutcomeStatus.UNKNOWN),
                Arguments.of("its own 500", Script.reply(500, "{\"error\":{\"code\":\"ServiceError\"}}"), 500, "ServiceError", OutcomeStatus.FAILED),
                Arguments.of("its own 502", Script.reply(502, "{\"error\":{\"code\":\"BadGateway\"}}"), 502, "BadGateway", OutcomeStatus.UNKNOWN),
                Arguments.of("its own 429", Script.reply(429, "{\"error\":{\"code\":\"Throttled\"}}"), 429, "Throttled", OutcomeStatus.REFUSED));
    }
    // spotless:on

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aFailure_isToldAndRecordedAsWhatItIs(
            String name, Script script, int status, String code, OutcomeStatus state) {
        upstream().play(script, Script.reply(200, "{\"id\":\"2\"}"));

        Raw.Reply reply = ask(SEND, HELLO, JSON);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(code(reply)).isEqualTo(code);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(state);
        assertThat(entry.outcome().error()).isEqualTo(code);
        assertThat(entry.outcome().attempts()).isEqualTo(1);
        assertThat(gateway()
                        .ask(Raw.request(SEND + " HTTP/1.1", List.of(JSON), HELLO))
                        .text())
                .as("the next request's own reply")
                .isEqualTo("{\"id\":\"2\"}");
    }

    // spotless:off
    static Stream<Arguments> brokenSuccesses() {
        return Stream.of(
                Arguments.of("a body that stops", Script.halted("{\"id\":", new CountDownLatch(1), "1}")),
                Arguments.of("a cut in the body", Script.cutBody(100, "{\"id\":")),
                Arguments.of("a broken chunk", Script.exactly("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").then(new Step.Hang())));
    }
    // spotless:on

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenSuccesses")
    void aSuccessThatBreaksOff_isNoErrorThatWouldBeSentAgain(String name, Script script) {
        upstream().play(script, Script.reply(200, "{\"id\":\"2\"}"));

        try (Raw raw = Raw.connect(gateway().address())) {
            raw.send(request(SEND, HELLO, JSON));
            assertThat(new String(raw.untilClosed(), StandardCharsets.UTF_8)).startsWith("HTTP/1.1 200 ");
        }

        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.SUCCEEDED);
        assertThat(entry.outcome().status()).isEqualTo(200);
        assertThat(entry.outcome().error()).isEqualTo("UpstreamReplyBroken");
        assertThat(gateway()
                        .ask(Raw.request(SEND + " HTTP/1.1", List.of(JSON), HELLO))
                        .text())
                .as("the next request's own reply")
                .isEqualTo("{\"id\":\"2\"}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSuccessTooLargeToHold_passesThrough_andItsIdIsRecorded(boolean declared) {
        String large = "{\"id\":\"1:act\",\"x\":\"" + "x".repeat(100_000) + "\"}";
        upstream()
                .play(
                        declared
                                ? Script.reply(200, large)
                                : Script.chunked(List.of(large.substring(0, 2_000), large.substring(2_000)), List.of()),
                        Script.reply(200, "{\"id\":\"2\"}"));

        assertThat(ask(SEND, HELLO, JSON).text()).isEqualTo(large);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.SUCCEEDED);
        assertThat(entry.outcome().activity()).isEqualTo("1:act");
        assertThat(ask(SEND, HELLO, JSON).text())
                .as("the next request's own reply")
                .isEqualTo("{\"id\":\"2\"}");
    }

    @Test
    void aReadTooLargeToHold_isRefused() {
        upstream().play(Script.reply(200, "\"" + "x".repeat(3_000) + "\""));

        assertThat(code(ask("GET /v3/conversations", ""))).isEqualTo("UpstreamReplyTooLarge");
    }

    @Test
    void aRefusedConnection_certainlyChangedNothing() {
        Raw.Reply reply = ask("POST /nobody/v3/conversations/c/activities", HELLO, JSON);

        assertThat(reply.status()).isEqualTo(502);
        assertThat(code(reply)).isEqualTo("UpstreamUnreachable");
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.FAILED);
        assertThat(entry.outcome().attempts()).isEqualTo(1);
    }

    @Test
    void aConnectionThatNeverOpens_isGivenUp() {
        Raw.Reply reply = ask("POST /full/v3/conversations/c/activities", HELLO, JSON);

        assertThat(reply.status()).isEqualTo(502);
        assertThat(code(reply)).isEqualTo("UpstreamUnreachable");
        assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(OutcomeStatus.FAILED);
    }

    @Test
    void aStreamedReplyThatIsCut_isCutHereToo() {
        upstream().play(Script.cutBody(100, "half"));
        try (Raw client = Raw.connect(gateway().address())) {
            String all = new String(
                    client.send(request("GET /v3/attachments/a/views/v", "")).untilClosed(),
                    StandardCharsets.ISO_8859_1);

            assertThat(all)
                    .startsWith("HTTP/1.1 200 ")
                    .contains("Content-Length: 100")
                    .endsWith("half");
        }
    }

    @Test
    void aStreamedChunkedReplyThatIsCut_hasNoLastChunk() {
        upstream()
                .play(Script.exactly("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
                        .then(new Step.Close()));
        try (Raw client = Raw.connect(gateway().address())) {
            String all = new String(
                    client.send(request("GET /v3/attachments/a/views/v", "")).untilClosed(),
                    StandardCharsets.ISO_8859_1);

            assertThat(all).startsWith("HTTP/1.1 200 ").contains("half").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void whenTheUpstreamAnswersAnUploadEarly_theReplyArrives_andItsConnectionIsNotUsedAgain() {
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply reply = client.send(
                            request("PUT /early/v3/anything", "", "Content-Length: 10000000") + "x".repeat(100_000))
                    .reply();

            assertThat(reply.status()).isEqualTo(413);
        }
        until(() -> early.open() == 0);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.REFUSED);
        assertThat(entry.outcome().sentWhole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {400_000, 4_000_000})
    void whenTheUpstreamAnswersEarlyAndCloses_theReplyArrives(int size) {
        upstream().play(REFUSED_EARLY, Script.reply(200, "{\"id\":\"2\"}"));

        Raw.Reply reply = ask(SEND, "{\"text\":\"" + "x".repeat(size) + "\"}", JSON);

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.text()).isEqualTo("{}");
        assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(OutcomeStatus.REFUSED);
        assertThat(gateway()
                        .ask(Raw.request(SEND + " HTTP/1.1", List.of(JSON), HELLO))
                        .text())
                .isEqualTo("{\"id\":\"2\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {400_000, 5_000_000})
    void whenTheUpstreamAnswersAnUploadEarlyAndCloses_theReplyArrives(int size) {
        upstream().play(REFUSED_EARLY);
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("PUT /v3/anything", "", "Content-Length: " + size) + "x".repeat(200_000));

            assertThat(client.reply().status()).isEqualTo(413);
        }
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.REFUSED);
        assertThat(entry.outcome().sentWhole()).isFalse();
    }

    @Test
    void anUploadThatTheUpstreamDoesNotRead_isGivenUp() {
        upstream().play(Script.unread());
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("PUT /v3/anything", "", "Content-Length: 90000000"));
            Thread writer = new Thread(() -> sendUntilCut(client));
            writer.start();

            Raw.Reply reply = client.reply();

            assertThat(reply.status()).isEqualTo(504);
            assertThat(code(reply)).isEqualTo("UpstreamTimeout");
        }
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.UNKNOWN);
        assertThat(entry.outcome().sent().length()).isLessThan(PassThroughTest.HELD_ON_THE_WAY);
        assertThat(entry.outcome().sentWhole()).isFalse();
    }

    private static void sendUntilCut(Raw client) {
        byte[] part = new byte[100_000];
        try {
            for (int i = 0; i < 900; i++) {
                var unused = client.send(part);
            }
        } catch (UncheckedIOException cut) {
            assertThat(cut).hasMessageMatching(".*(Broken pipe|reset|closed).*");
        }
    }

    @Test
    void anUploadThatTakesLongerThanTheFirstByteMay_isNoTimeout() throws Exception {
        upstream().play(Script.reply(200, "{}"));
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("PUT /v3/anything", "", "Transfer-Encoding: chunked"));
            for (int i = 0; i < 7; i++) {
                // Not waiting for anything: this is the slow client itself.
                Thread.sleep(200);
                unused = client.send("1\r\nx\r\n");
            }
            unused = client.send("0\r\n\r\n");

            assertThat(client.reply().status()).isEqualTo(200);
        }
    }
}
