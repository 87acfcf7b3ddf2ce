package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.operation.Operation;
import dev.botgate.sandbox.ReceivedRequest;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.Raw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL dies while bots talk: what is answered is true, and nothing passes unrecorded. */
class PostgresOutageTest {
    private static final int BOTS = 8;

    @TempDir
    private Path directory;

    @Test
    void whenPostgresIsKilled_everyReplyIsHonest_andNothingIsForwardedUnrecorded() throws Exception {
        try (PostgresServer postgres = PostgresServer.start(directory.resolve("data"));
                GatewayFixture gateway = GatewayFixture.on(postgres.createDatabase())
                        .set("AUDIT_COMMIT_TIMEOUT", "500ms")
                        .start()) {
            Map<String, Raw.Reply> replies = new ConcurrentHashMap<>();
            AtomicBoolean talking = new AtomicBoolean(true);
            List<Thread> bots = new ArrayList<>();
            for (int i = 0; i < BOTS; i++) {
                bots.add(new Thread(() -> talk(gateway, talking, replies), "bot-" + i));
            }
            bots.forEach(Thread::start);

            until(() -> with(201, replies) >= 50);
            until(() -> gateway.operator("/health/ready").status() == 200);
            postgres.kill();
            until(() -> with(503, replies) >= 50);
            until(() -> gateway.operator("/health/ready").status() == 503);
            assertThat(gateway.operator("/health/ready").text()).contains("\"audit\":{\"status\":\"DOWN\"");
            assertThat(gateway.operator("/health/live").status()).isEqualTo(200);
            assertThat(gateway.ask(Raw.request("GET /v3/conversations/c/members HTTP/1.1", List.of(), ""))
                            .status())
                    .as("a read, which needs no record")
                    .isEqualTo(200);
            postgres.restart();
            long before = with(201, replies);
            until(() -> with(201, replies) >= before + 50);
            until(() -> gateway.operator("/health/ready").status() == 200);
            talking.set(false);
            for (Thread bot : bots) {
                bot.join();
            }

            assertThat(replies.values()).allSatisfy(PostgresOutageTest::assertHonest);
            List<String> forwarded = gateway.sandbox().received().stream()
                    .filter(received -> received.operation().effect() == Operation.Effect.MUTATION)
                    .filter(received -> received.method().equals("POST"))
                    .map(PostgresOutageTest::requestId)
                    .toList();
            assertThat(forwarded).doesNotHaveDuplicates().hasSize((int) with(201, replies));
            assertThat(forwarded).allSatisfy(id -> {
                assertThat(replies.get(id).status()).isEqualTo(201);
                assertThat(gateway.closedEntry(id).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
            });
            assertThat(replies.keySet())
                    .filteredOn(id -> !forwarded.contains(id))
                    .allSatisfy(id -> assertThat(gateway.entries(id))
                            .allSatisfy(
                                    entry -> assertThat(entry.outcome().error()).isEqualTo("NotForwarded")));
        }
    }

    @Test
    void whatCannotBeRecorded_costsNoPermit() throws Exception {
        try (PostgresServer postgres = PostgresServer.start(directory.resolve("data"));
                GatewayFixture gateway = GatewayFixture.on(postgres.createDatabase())
                        .set("RATELIMIT_LIMITS_SENDS_WINDOWS", "3/300s")
                        .set("RATELIMIT_LIMITS_SENDS_COUNT_BY", "[conversation]")
                        .set("RATELIMIT_LIMITS_SENDS_MAXIMUM_WAIT", "0s")
                        .set("AUDIT_COMMIT_TIMEOUT", "500ms")
                        .start()) {
            until(() -> gateway.operator("/health/ready").status() == 200);
            postgres.kill();
            until(() -> gateway.operator("/health/ready").status() == 503);

            for (int i = 0; i < 5; i++) {
                assertThat(send(gateway).status()).isEqualTo(503);
            }

            postgres.restart();
            until(() -> gateway.operator("/health/ready").status() == 200);
            Raw.Reply sent = send(gateway);
            assertThat(sent.status()).isEqualTo(201);
            assertThat(sent.header("RateLimit").orElseThrow()).startsWith("\"sends\";r=2;t=");
        }
    }

    private static Raw.Reply send(GatewayFixture gateway) {
        return gateway.ask(Raw.request(
                "POST /v3/conversations/c/activities HTTP/1.1",
                List.of("Content-Type: application/json"),
                "{\"type\":\"message\"}"));
    }

    private static void talk(GatewayFixture gateway, AtomicBoolean talking, Map<String, Raw.Reply> replies) {
        try (Raw bot = Raw.connect(gateway.address())) {
            while (talking.get()) {
                String id = UUID.randomUUID().toString();
                replies.put(
                        id,
                        bot.send(Raw.request(
                                        "POST /v3/conversations/c/activities HTTP/1.1",
                                        List.of("Content-Type: application/json", "x-ms-client-request-id: " + id),
                                        "{\"type\":\"message\"}"))
                                .reply());
            }
        }
    }

    private static void assertHonest(Raw.Reply reply) {
        assertThat(reply.status()).isIn(201, 503);
        if (reply.status() == 503) {
            assertThat(reply.text()).contains("\"code\":\"AuditUnavailable\"");
            assertThat(reply.header("Retry-After")).contains("5");
        }
    }

    private static long with(int status, Map<String, Raw.Reply> replies) {
        return replies.values().stream()
                .filter(reply -> reply.status() == status)
                .count();
    }

    private static String requestId(ReceivedRequest received) {
        return received.header("x-ms-client-request-id").orElseThrow();
    }
}
