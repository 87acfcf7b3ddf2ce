package dev.botgate.sandbox;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.operation.Operation;
import dev.botgate.testing.Raw;
import io.vertx.core.Promise;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxFaultsTest extends SandboxTestBase {
    private static final String SEND = "/v3/conversations/c/activities";
    private static final String HI = "{\"type\":\"message\",\"text\":\"hi\"}";

    @Test
    void faultsApplyToTheNextRequestsOnly() {
        sandbox().next(new SimulatedFault.Status(503), new SimulatedFault.Throttle(Duration.ofMillis(2_500)));

        Raw.Reply unavailable = post(SEND, HI);
        Raw.Reply throttled = post(SEND, HI);

        assertThat(code(unavailable)).isEqualTo("503 SandboxFault");
        assertThat(code(throttled)).isEqualTo("429 Throttled");
        assertThat(throttled.header("Retry-After")).contains("3");
        assertThat(code(get("/v3/conversations/c/members"))).isEqualTo("404 ConversationNotFound");
        assertThat(post(SEND, HI).status()).isEqualTo(201);
    }

    @Test
    void aFaultOfOneOperation_appliesToThatOperationOnly() {
        sandbox()
                .next(
                        Operation.SEND_TO_CONVERSATION,
                        new SimulatedFault.Status(418, Map.of("X-Tea", "green"), "short"));

        assertThat(get("/v3/conversations").status()).isEqualTo(200);
        Raw.Reply reply = post(SEND, HI);

        assertThat(reply.status()).isEqualTo(418);
        assertThat(reply.header("x-tea")).contains("green");
        assertThat(reply.text()).isEqualTo("short");
    }

    @Test
    void cutHead_sendsNothing_butExecutesTheRequest() {
        sandbox().next(new SimulatedFault.CutHead());

        try (Raw raw = Raw.connect(sandbox().url())) {
            assertThat(raw.send(request()).untilClosed()).isEmpty();
        }

        assertThat(get("/v3/conversations/c/members").status()).isEqualTo(200);
    }

    @Test
    void cutBody_sendsLessThanTheDeclaredLength() {
        sandbox().next(new SimulatedFault.CutBody(3));

        try (Raw raw = Raw.connect(sandbox().url())) {
            assertThatThrownBy(() -> raw.send(request()).reply())
                    .hasCauseInstanceOf(EOFException.class)
                    .hasMessageContaining("closed after 3 of");
        }
    }

    @Test
    void hang_executesTheRequest_andNeverAnswers() {
        sandbox().next(new SimulatedFault.Hang());

        try (Raw hanging = Raw.connect(sandbox().url())) {
            await(sandbox().arrivals(0));
            assertThat(hanging.send(request())).isNotNull();
            await(sandbox().arrivals(1));

            Raw.Reply next = post(SEND, HI);
            assertThat(next.status()).isEqualTo(201);
        }
        assertThat(sandbox().received()).hasSize(2);
    }

    @Test
    void unread_logsTheHeadOnly() {
        sandbox().next(new SimulatedFault.Unread());

        try (Raw hanging = Raw.connect(sandbox().url())) {
            assertThat(hanging.send(request())).isNotNull();
            await(sandbox().arrivals(1));

            assertThat(sandbox().received()).singleElement().satisfies(received -> {
                assertThat(received.complete()).isFalse();
                assertThat(received.body().length()).isZero();
            });
        }
    }

    @Test
    void until_answersAfterTheRelease() {
        Promise<Void> release = Promise.promise();
        sandbox().next(new SimulatedFault.Until(release.future()));

        try (Raw waiting = Raw.connect(sandbox().url())) {
            assertThat(waiting.send(request())).isNotNull();
            await(sandbox().arrivals(1));
            assertThat(code(get("/v3/conversations/c/members"))).isEqualTo("404 ConversationNotFound");
            release.complete();

            assertThat(waiting.reply().status()).isEqualTo(201);
        }
    }

    @Test
    void delay_givesTheUsualReply() {
        sandbox().next(new SimulatedFault.Delay(Duration.ofMillis(1)));

        assertThat(post(SEND, HI).status()).isEqualTo(201);
    }

    @Test
    void compressed_sendsGzip() throws IOException {
        sandbox().next(new SimulatedFault.Compressed());

        Raw.Reply reply = get("/v3/conversations");

        assertThat(reply.header("Content-Encoding")).contains("gzip");
        byte[] unpacked =
                new GZIPInputStream(new ByteArrayInputStream(reply.body().getBytes())).readAllBytes();
        assertThat(new String(unpacked, StandardCharsets.UTF_8)).isEqualTo("{\"conversations\":[]}");
    }

    @Test
    void faultsCanBePlannedOverHttp() {
        assertThat(post(
                                "/sandbox/faults",
                                "{\"fault\":\"status\",\"status\":500,\"times\":2,\"operation\":\"SendToConversation\"}")
                        .status())
                .isEqualTo(201);

        assertThat(post(SEND, HI).status()).isEqualTo(500);
        assertThat(get("/sandbox/faults").text()).contains("\"times\":1", "SendToConversation");
        assertThat(delete("/sandbox/faults").status()).isEqualTo(204);
        assertThat(post(SEND, HI).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"fault\":\"nonsense\"}",
                "{\"fault\":\"hang\",\"times\":0}",
                "{\"fault\":\"hang\",\"times\":\"two\"}",
                "{\"fault\":\"hang\",\"operation\":\"Nonsense\"}",
                "{\"fault\":\"status\",\"status\":42}",
                "{\"fault\":\"delay\"}"
            })
    void anInvalidFault_isRefused(String plan) {
        assertThat(code(post("/sandbox/faults", plan))).isEqualTo("400 BadArgument");
    }

    private static String request() {
        return Raw.request("POST " + SEND + " HTTP/1.1", List.of(JSON), HI);
    }
}
