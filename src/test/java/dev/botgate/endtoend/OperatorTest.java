package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Digest;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The operator's listener of a gateway that bots use. */
class OperatorTest extends GatewayTestBase {

    @Test
    void whatABotDid_isListedWithAllThatIsKnownOfIt() {
        String conversation = "19:" + requestId() + "@thread.tacv2";
        Instant before = Instant.now();

        assertThat(ask(
                                "POST /v3/conversations/" + conversation + "/activities/a%7C1?x=1",
                                HELLO,
                                JSON,
                                "Authorization: Bearer e30.eyJhcHBpZCI6ImIiLCJ0aWQiOiJ0In0.c2ln")
                        .status())
                .isEqualTo(200);
        assertThat(gateway().closedEntry(requestId()).outcome()).isNotNull();

        JsonObject entry = only("conversation=" + conversation + "&bot=b&operation=ReplyToActivity&outcome=succeeded"
                + "&from=" + before.minusMillis(1) + "&body=true");
        assertThat(entry.getString("requestId")).isEqualTo(requestId());
        assertThat(entry.getString("state")).isEqualTo("succeeded");
        assertThat(entry.getString("method")).isEqualTo("POST");
        assertThat(entry.getString("uri")).isEqualTo("/v3/conversations/" + conversation + "/activities/a%7C1?x=1");
        assertThat(entry.getString("upstream")).isEqualTo("scripted");
        assertThat(entry.getString("bot")).isEqualTo("b");
        assertThat(entry.getString("tenant")).isEqualTo("t");
        assertThat(entry.getString("conversation")).isEqualTo(conversation);
        assertThat(entry.getString("activity")).isEqualTo("a|1");
        assertThat(entry.getString("gateway")).isNotEmpty();
        assertThat(Instant.parse(entry.getString("at"))).isAfterOrEqualTo(before.minusMillis(1));
        assertThat(entry.getJsonObject("body"))
                .isEqualTo(new JsonObject()
                        .put("form", "whole")
                        .put("mediaType", "application/json")
                        .put("length", HELLO.length())
                        .put("sha256", Digest.of(Buffer.buffer(HELLO)).sha256())
                        .put("text", HELLO));
        JsonObject outcome = entry.getJsonObject("outcome");
        assertThat(outcome.getString("closedAs")).isEqualTo("succeeded");
        assertThat(outcome.getInteger("status")).isEqualTo(200);
        assertThat(outcome.getInteger("attempts")).isEqualTo(1);
        assertThat(outcome.getString("replyId")).isEqualTo("1");
        assertThat(outcome.getLong("latencyMicros")).isPositive();
    }

    @Test
    void pages_comeNewestFirst_andMeetEachOther() {
        String conversation = "19:" + requestId() + "@thread.tacv2";
        IntStream.range(0, 5)
                .forEach(i -> assertThat(ask("POST /v3/conversations/" + conversation + "/activities/" + i, HELLO, JSON)
                                .status())
                        .isEqualTo(200));

        JsonObject first = entries("conversation=" + conversation + "&limit=3");
        JsonObject second = entries("conversation=" + conversation + "&limit=3&cursor=" + first.getString("next"));

        assertThat(first.getJsonArray("entries").stream().map(OperatorTest::activity))
                .containsExactly("4", "3", "2");
        assertThat(second.getJsonArray("entries").stream().map(OperatorTest::activity))
                .containsExactly("1", "0");
        assertThat(second.getString("next")).isNull();
    }

    @Test
    void aQueryThatIsNotUnderstood_isRefused() {
        Raw.Reply reply = gateway().operator("/audit/entries?outcome=maybe");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).contains("outcome: maybe");
    }

    @Test
    void metrics_countWhatHappened_byTheTemplateOfTheRoute() {
        assertThat(ask(SEND, HELLO, JSON).status()).isEqualTo(200);
        assertThat(ask("GET /v3/conversations/secret-id/members", "", "Authorization: x")
                        .status())
                .isEqualTo(200);
        assertThat(gateway().closedEntry(requestId()).outcome()).isNotNull();

        String metrics = gateway().operator("/metrics").text();

        assertThat(metrics)
                .containsPattern("botgate_requests_seconds_count\\{operation=\"SendToConversation\","
                        + "route=\"[^\"]*\\{conversationId}/activities\",status=\"200\"[^}]*} \\d")
                .containsPattern("botgate_upstream_attempts_seconds_count\\{result=\"2xx\",upstream=\"scripted\"} \\d")
                .containsPattern("botgate_cache_requests_total\\{operation=\"GetConversationMembers\",result=\"miss\"")
                .containsPattern("botgate_audit_[a-z_]*commit[a-z_]* ")
                .containsPattern("botgate_audit_[a-z_]*waiting[a-z_]* ")
                .doesNotContain("secret-id", requestId());
    }

    @Test
    void metrics_tellWhatNettyTakesBesideTheHeap_andMayTake() {
        assertThat(ask("GET /v3/conversations/c/members", "").status()).isEqualTo(200);

        double used = gateway().metric("botgate_direct_memory_used_bytes");

        assertThat(used).isPositive().isLessThan(gateway().metric("botgate_direct_memory_maximum_bytes"));
        assertThat(gateway().metric("botgate_direct_memory_pooled_bytes")).isPositive();
    }

    @Test
    void health_isGood() {
        assertThat(gateway().operator("/health/live").text()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(gateway().operator("/health/ready").body().toJsonObject().getString("status"))
                .isEqualTo("UP");
    }

    @Test
    void whereCommitsAreNotDurable_theGatewayIsNotReady(TestDatabase database) {
        try (GatewayFixture strict = GatewayFixture.on(database)
                .set("AUDIT_ALLOW_UNSAFE_DURABILITY", "false")
                .start()) {
            Raw.Reply ready = strict.operator("/health/ready");

            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.text()).contains("commits are not durable: ").contains("fsync");
        }
    }

    private JsonObject only(String query) {
        JsonObject page = entries(query);
        assertThat(page.getJsonArray("entries")).hasSize(1);
        return page.getJsonArray("entries").getJsonObject(0);
    }

    private JsonObject entries(String query) {
        Raw.Reply reply = gateway().operator("/audit/entries?" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.body().toJsonObject();
    }

    private static String activity(Object entry) {
        return ((JsonObject) entry).getString("activity");
    }
}
