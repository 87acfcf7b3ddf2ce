package dev.botgate.sandbox;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.operation.Operation;
import dev.botgate.testing.Raw;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SandboxRequestsTest extends SandboxTestBase {
    private static final String SEND = "/v3/conversations/a%3Ab|c/activities?isTargetedActivity=true";

    @Override
    Sandbox.Limits limits() {
        return new Sandbox.Limits(2, 2, 3_000, 8, 3, 1_000, 500);
    }

    @Test
    void receivedRequests_areLoggedByteForByte() {
        assertThat(Raw.exchange(
                                sandbox().url(),
                                Raw.request(
                                        "POST " + SEND + " HTTP/1.1",
                                        List.of("X-Mixed-Case: 1", "x-mixed-case: 2", JSON),
                                        "{ \"text\" : \"ü\" }"))
                        .status())
                .isEqualTo(201);

        assertThat(sandbox().received()).singleElement().satisfies(received -> {
            assertThat(received.uri()).isEqualTo(SEND);
            assertThat(received.operation()).isEqualTo(Operation.SEND_TO_CONVERSATION);
            assertThat(received.headers("X-MIXED-CASE")).containsExactly("1", "2");
            assertThat(received.headers()).extracting("key").contains("X-Mixed-Case", "x-mixed-case");
            assertThat(received.body().toString()).isEqualTo("{ \"text\" : \"ü\" }");
            assertThat(received.complete()).isTrue();
        });
    }

    @Test
    void theLogIsReadOverHttp_fromAnySequenceOn() {
        assertThat(post(SEND, "{}").status()).isEqualTo(201);
        assertThat(get("/v3/conversations").status()).isEqualTo(200);

        JsonObject log = get("/sandbox/requests?after=1").body().toJsonObject();

        assertThat(log.getInteger("total")).isEqualTo(2);
        assertThat(log.getJsonArray("requests")).hasSize(1);
        JsonObject second = log.getJsonArray("requests").getJsonObject(0);
        assertThat(second.getInteger("sequence")).isEqualTo(2);
        assertThat(second.getString("operation")).isEqualTo("GetConversations");
        assertThat(delete("/sandbox/requests").status()).isEqualTo(204);
        assertThat(get("/sandbox/requests").body().toJsonObject().getInteger("total"))
                .isZero();
    }

    @Test
    void whenTheLogIsFull_theOldestRequestIsDropped() {
        for (int i = 0; i < 5; i++) {
            assertThat(get("/v3/conversations?i=" + i).status()).isEqualTo(200);
        }

        assertThat(sandbox().received()).extracting(ReceivedRequest::sequence).containsExactly(3L, 4L, 5L);
        assertThat(get("/sandbox/requests").body().toJsonObject().getInteger("dropped"))
                .isEqualTo(2);
    }

    @Test
    void whenBodiesInTheLogTakeTooManyBytes_theOldestRequestIsDropped() {
        String body = "{\"text\":\"" + "x".repeat(450) + "\"}";
        for (int i = 0; i < 3; i++) {
            assertThat(post(SEND, body).status()).isEqualTo(201);
        }

        assertThat(sandbox().received()).extracting(ReceivedRequest::sequence).containsExactly(2L, 3L);
    }

    @Test
    void whenAClientDisconnectsWithinItsBody_theReceivedPartIsLogged() {
        try (Raw raw = Raw.connect(sandbox().url())) {
            assertThat(raw.send("POST " + SEND + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"))
                    .isNotNull();
            await(sandbox().arrivals(1));
        }

        assertThat(sandbox().received()).singleElement().satisfies(received -> assertThat(received.complete())
                .isFalse());
        assertThat(code(get("/v3/conversations/a%3Ab|c/members"))).isEqualTo("404 ConversationNotFound");
    }

    @Test
    void whenABodyIsTooLarge_itIsRefusedAndTheConnectionClosed() {
        try (Raw raw = Raw.connect(sandbox().url())) {
            assertThat(raw.send(
                            "POST " + SEND + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n" + "x".repeat(600)))
                    .isNotNull();

            assertThat(code(raw.reply())).isEqualTo("413 RequestEntityTooLarge");
            assertThat(raw.untilClosed()).isEmpty();
        }
    }

    @Test
    void whenThereAreTooManyConversations_theOldestIsDropped() {
        for (String id : List.of("one", "two", "three")) {
            assertThat(put("/sandbox/conversations/" + id + "?members=1", "{}").status())
                    .isEqualTo(201);
        }

        assertThat(code(get("/v3/conversations/one/members"))).isEqualTo("404 ConversationNotFound");
        assertThat(get("/v3/conversations/three/members").status()).isEqualTo(200);
    }

    @Test
    void whenThereAreTooManyActivities_theOldestIsDropped() {
        assertThat(put("/sandbox/conversations/c?members=1", "{}").status()).isEqualTo(201);
        String first = id(post("/v3/conversations/c/activities", "{}"));
        String second = id(post("/v3/conversations/c/activities", "{}"));
        String third = id(post("/v3/conversations/c/activities", "{}"));

        assertThat(code(delete("/v3/conversations/c/activities/" + first)))
                .isEqualTo("404 ActivityNotFoundInConversation");
        assertThat(delete("/v3/conversations/c/activities/" + second).status()).isEqualTo(200);
        assertThat(delete("/v3/conversations/c/activities/" + third).status()).isEqualTo(200);
    }

    @Test
    void whenConversationsTakeTooManyBytes_theOldestIsDropped() {
        String body = "{\"text\":\"" + "x".repeat(450) + "\"}";
        for (String id : List.of("one", "two")) {
            assertThat(put("/sandbox/conversations/" + id + "?members=3", "{}").status())
                    .isEqualTo(201);
            assertThat(post("/v3/conversations/" + id + "/activities", body).status())
                    .isEqualTo(201);
            assertThat(post("/v3/conversations/" + id + "/activities", body).status())
                    .isEqualTo(201);
        }

        assertThat(get("/v3/conversations/two/members").status()).isEqualTo(200);
        assertThat(get("/sandbox/conversations/one").text()).doesNotContain("xxx");
    }

    @Test
    void whenAttachmentsTakeTooManyBytes_theOldestIsDropped() {
        String first = id(post("/v3/conversations/c/attachments", "{\"originalBase64\":\"AAAAAAAA\"}"));
        String second = id(post("/v3/conversations/c/attachments", "{\"originalBase64\":\"AAAAAAAA\"}"));

        assertThat(code(get("/v3/attachments/" + first))).isEqualTo("404 AttachmentNotFound");
        assertThat(get("/v3/attachments/" + second).status()).isEqualTo(200);
    }
}
