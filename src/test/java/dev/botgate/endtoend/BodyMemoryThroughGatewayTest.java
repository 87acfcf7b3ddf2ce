package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory that the bodies of all requests under way take is limited. */
class BodyMemoryThroughGatewayTest extends GatewayTestBase {
    private static final String BODY_MEMORY = "botgate_bodies_memory_bytes";
    private static final String LARGE = "{\"type\":\"message\",\"text\":\"" + "x".repeat(700_000) + "\"}";

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("SERVER_BODY_MEMORY_BYTES", "1MiB");
    }

    @Test
    void whileLargeBodiesTakeTheMemory_moreAreRefused_andAcceptedAfterwards() {
        CountDownLatch gate = new CountDownLatch(1);
        upstream()
                .play(
                        Script.exactly()
                                .then(
                                        new Step.Await(gate),
                                        new Step.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")),
                        Script.reply(200, "{\"id\":\"2\"}"));
        double refusals = gateway().metric("botgate_bodies_refused_total");
        try (Raw first = Raw.connect(gateway().address())) {
            first.send(request(SEND, LARGE, JSON));
            until(() -> !upstream().requests().isEmpty());

            Raw.Reply refused = ask(SEND, LARGE, JSON);

            assertThat(refused.status()).isEqualTo(503);
            assertThat(code(refused)).isEqualTo("GatewayBusy");
            assertThat(refused.header("Retry-After")).hasValue("1");
            assertThat(gateway().metric("botgate_bodies_refused_total")).isEqualTo(refusals + 1);
            assertThat(gateway().metric(BODY_MEMORY)).isGreaterThan(700_000);
            assertThat(ask(SEND, HELLO, JSON).status()).as("a small body").isEqualTo(200);
            gate.countDown();
            assertThat(first.reply().text()).isEqualTo("{}");
        }
        until(() -> gateway().metric(BODY_MEMORY) == 0);
        assertThat(ask(SEND, LARGE, JSON).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/xml"})
    void theExpandedSizeOfABody_counts(String accept) throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(("{\"topicName\":\"" + "x".repeat(2_000_000) + "\"}").getBytes(StandardCharsets.UTF_8));
        }
        try (Raw client = Raw.connect(gateway().address())) {
            client.send("POST /v3/conversations HTTP/1.1\r\nHost: g\r\nContent-Encoding: gzip\r\n"
                    + "Content-Type: application/json\r\nAccept: " + accept + "\r\nContent-Length: " + gzip.size()
                    + "\r\n\r\n");
            Raw.Reply reply = client.send(gzip.toByteArray()).reply();

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.text()).contains("GatewayBusy");
        }
        assertThat(upstream().requests()).isEmpty();
        until(() -> gateway().metric(BODY_MEMORY) == 0);
    }

    @Test
    void aReadsReplyBeyondTheLimit_isRefused() {
        upstream().play(Script.reply(200, "[\"" + "x".repeat(2_000_000) + "\"]"));

        assertThat(code(ask("GET /v3/conversations/c/members", "", "Authorization: Bearer x")))
                .isEqualTo("GatewayBusy");
        until(() -> gateway().metric(BODY_MEMORY) == 0);
    }

    /** Each is larger than the limit, and stays in the connection until its client reads it. */
    @Test
    void unreadRepliesToMutations_takeNoMoreThanTheLimit() {
        String large = "{\"id\":\"1:act\",\"x\":\"" + "x".repeat(6_000_000) + "\"}";
        upstream().play(Script.reply(200, large));
        List<Raw> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                clients.add(Raw.connect(gateway().address()).send(request(SEND, HELLO, JSON)));
            }
            until(() -> gateway().entries(requestId()).stream()
                            .filter(entry -> entry.status() == OutcomeStatus.SUCCEEDED)
                            .count()
                    == 8);

            assertThat(gateway().metric(BODY_MEMORY)).isLessThan(2 << 20);
            assertThat(ask(SEND, HELLO, JSON, "x-ms-client-request-id: another").status())
                    .as("a small request")
                    .isEqualTo(200);
            for (Raw client : clients) {
                assertThat(client.reply().text()).isEqualTo(large);
            }
        } finally {
            clients.forEach(Raw::close);
        }
        assertThat(gateway().entries(requestId()))
                .allSatisfy(entry -> assertThat(entry.outcome().activity()).isEqualTo("1:act"));
        until(() -> gateway().metric(BODY_MEMORY) == 0);
    }

    /** Bytes that were declared but have not arrived take no memory. */
    @Test
    void incompleteBodies_takeLittleMemory() {
        double refusals = gateway().metric("botgate_bodies_refused_total");
        List<Raw> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                String whole = request(SEND, LARGE, JSON);
                clients.add(Raw.connect(gateway().address()).send(whole.substring(0, 70_000)));
            }
            until(() -> gateway().metric(BODY_MEMORY) >= 3 * 66_000);

            assertThat(gateway().metric(BODY_MEMORY)).isLessThan(3 * 4 * 70_000);
            assertThat(gateway().metric("botgate_bodies_refused_total")).isEqualTo(refusals);
        } finally {
            clients.forEach(Raw::close);
        }
        until(() -> gateway().metric(BODY_MEMORY) == 0);
    }

    /** A client would take an error of the gateway for a promise that nothing happened. */
    @ParameterizedTest
    @CsvSource({"200, SUCCEEDED", "400, REFUSED", "502, UNKNOWN", "504, UNKNOWN"})
    void aLargeReplyToAMutation_isForwardedAndRecorded(int status, OutcomeStatus state) {
        upstream().play(Script.reply(status, "[\"" + "x".repeat(2_000_000) + "\"]"));

        Raw.Reply reply = ask(SEND, HELLO, JSON);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).hasSize(2_000_004);
        assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(state);
        until(() -> gateway().metric(BODY_MEMORY) == 0);
    }
}
