package dev.botgate.endtoend;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows are so long that the tests end within them. */
class RateLimitThroughGatewayTest extends GatewayTestBase {
    private static final String BOT = "Authorization: Bearer bot.x.y";

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        limit(usual, "SENDS", "SendToConversation", "2/300s", "0s");
        limit(usual, "REPLIES", "ReplyToActivity", "1/300s", "900s");
        limit(usual, "LISTS", "GetConversationMembers", "1/300s", "0s");
        limit(usual, "REMOVALS", "DeleteConversationMember", "1/300s", "0s");
        limit(usual, "UPDATES", "UpdateActivity", "1/300s", "0s");
        limit(usual, "OTHERS", "other", "9/300s", "0s");
        return usual.set("RATELIMIT_LIMITS_UPDATES_MODE", "shadow").named("nobody", ScriptedUpstream.nobody());
    }

    private static void limit(
            GatewayFixture.Plan plan, String name, String operation, String windows, String maximumWait) {
        plan.set("RATELIMIT_LIMITS_" + name + "_MATCH_OPERATIONS", "[" + operation + "]");
        plan.set("RATELIMIT_LIMITS_" + name + "_COUNT_BY", "[conversation]");
        plan.set("RATELIMIT_LIMITS_" + name + "_WINDOWS", windows);
        plan.set("RATELIMIT_LIMITS_" + name + "_MAXIMUM_WAIT", maximumWait);
    }

    private Raw.Reply send() {
        return ask("POST /v3/conversations/" + requestId() + "/activities", HELLO, JSON, BOT);
    }

    private JsonObject shown() {
        return gateway().operator("/ratelimit").body().toJsonObject();
    }

    @Test
    void whatHasNoRoom_isRefusedAtOnce_andToldWhenToComeBack_andNothingIsSent() {
        Raw.Reply first = send();
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("RateLimit").orElseThrow()).startsWith("\"sends\";r=1;t=");
        assertThat(first.all("RateLimit-Policy")).containsExactly("\"sends\";q=2;w=300");
        assertThat(send().header("RateLimit").orElseThrow()).startsWith("\"sends\";r=0;t=");

        Raw.Reply refused = send();

        assertThat(refused.status()).isEqualTo(429);
        assertThat(code(refused)).isEqualTo("Throttled");
        assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow()))
                .isBetween(200, 301);
        assertThat(refused.header("RateLimit").orElseThrow()).startsWith("\"sends\";r=0;t=");
        assertThat(refused.all("RateLimit-Policy")).containsExactly("\"sends\";q=2;w=300");
        assertThat(upstream().requests()).hasSize(2);
        assertThat(gateway().entries(requestId())).hasSize(2);
    }

    @Test
    void aBodyThatTheGatewayRefuses_costsNoPermit_andIsToldTheQuotaToo() {
        for (int i = 0; i < 3; i++) {
            Raw.Reply refused = ask("POST /v3/conversations/" + requestId() + "/activities", "{", JSON, BOT);

            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.header("RateLimit").orElseThrow()).startsWith("\"sends\";r=2;t=");
        }

        assertThat(send().header("RateLimit").orElseThrow()).startsWith("\"sends\";r=1;t=");
    }

    @Test
    void aConnectorThatCannotBeReached_costsNoPermit_howeverOftenItIsTried() {
        for (int i = 0; i < 3; i++) {
            Raw.Reply failed = ask("POST /nobody/v3/conversations/" + requestId() + "/activities", HELLO, JSON, BOT);

            assertThat(failed.status()).isEqualTo(502);
            assertThat(code(failed)).isEqualTo("UpstreamUnreachable");
        }

        assertThat(send().header("RateLimit").orElseThrow()).startsWith("\"sends\";r=1;t=");
    }

    @Test
    void aConnectorThatReadsTheRequestAndBreaksOff_costsAPermit() {
        upstream().play(Script.cutHead());

        assertThat(code(send())).isEqualTo("UpstreamReplyBroken");

        upstream().play(Script.reply(200, "{}"));
        assertThat(send().header("RateLimit").orElseThrow()).startsWith("\"sends\";r=0;t=");
    }

    @Test
    void aStreamOfWhichNothingCame_costsNoPermit() {
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("PUT /v3/anything", "", BOT, "Content-Length: 1000000"));
            until(() -> !gateway().entries(requestId()).isEmpty());
            client.reset();
        }
        assertThat(gateway().closedEntry(requestId()).outcome().sentWhole()).isFalse();

        until(() -> ask("PUT /v3/anything", "{}", JSON, BOT)
                .header("RateLimit")
                .orElseThrow()
                .startsWith("\"others\";r=8;t="));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/%s/activities", "%s/activities%%20", "%s/activities.", "%s/activities;x", "%s%%2factivities"})
    void aPathOneSlipAway_isRecordedWithItsConversation_andTakesThePermitsOfASend(String path) {
        String target = "POST /v3/conversations/" + path.formatted(requestId());

        assertThat(ask(target, HELLO, JSON, BOT).status()).isEqualTo(200);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(ask(target, HELLO, JSON, BOT).status()).isEqualTo(200);

        assertThat(entry.intent().operation()).isEqualTo("other");
        assertThat(entry.intent().conversation()).isEqualTo(requestId());
        assertThat(code(ask(target, HELLO, JSON, BOT))).isEqualTo("Throttled");
        assertThat(code(send())).isEqualTo("Throttled");
    }

    @Test
    void aHitInTheMemberCache_costsNothing_andTellsOfNoQuota() {
        await(gateway().sandbox().conversation(requestId(), 3));
        String target = "GET /sandbox/v3/conversations/" + requestId() + "/members";
        assertThat(ask(target, "", BOT).header("RateLimit").orElseThrow()).startsWith("\"lists\";r=0;t=");

        Raw.Reply hit = ask(target, "", BOT);

        assertThat(hit.status()).isEqualTo(200);
        assertThat(hit.header("Cache-Status").orElseThrow()).contains("hit");
        assertThat(hit.all("RateLimit")).isEmpty();
        assertThat(hit.all("RateLimit-Policy")).isEmpty();
        assertThat(ask(target, "", BOT, "Cache-Control: no-cache").status()).isEqualTo(429);
    }

    @Test
    void aRemovalThatIsRefused_dropsNoList() {
        await(gateway().sandbox().conversation(requestId(), 3));
        String list = "GET /sandbox/v3/conversations/" + requestId() + "/pagedmembers";
        String member = ask(list, "", BOT)
                .body()
                .toJsonObject()
                .getJsonArray("members")
                .getJsonObject(0)
                .getString("id");
        String removal = "DELETE /sandbox/v3/conversations/" + requestId() + "/members/" + member;
        assertThat(ask(removal, "", BOT).status()).isEqualTo(200);
        assertThat(ask(list, "", BOT).header("Cache-Status").orElseThrow()).contains("uri-miss");

        Raw.Reply refused = ask(removal, "", BOT);

        assertThat(refused.status()).isEqualTo(429);
        assertThat(ask(list, "", BOT).header("Cache-Status").orElseThrow()).contains("hit");
    }

    @Test
    void whoWaits_isNotRead_andGivesItsPlaceBackWhenItHangsUp() {
        String target = "POST /v3/conversations/" + requestId() + "/activities/a";
        assertThat(ask(target, HELLO, JSON, BOT).status()).isEqualTo(200);
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request(target, "", JSON, BOT, "Content-Length: 100", "Expect: 100-continue"));
            until(() -> shown().getInteger("waiting") == 1);
            client.reset();
        }

        until(() -> gateway().metric("botgate_ratelimit_decisions_total{limit=\"replies\",result=\"left\"}") == 1);
        assertThat(shown().getInteger("waiting")).isZero();
        assertThat(upstream().requests()).hasSize(1);
    }

    @Test
    void aLimitInShadowMode_delaysNothing_andReports() {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("PUT /v3/conversations/" + requestId() + "/activities/a", HELLO, JSON, BOT)
                            .status())
                    .isEqualTo(200);
        }

        assertThat(gateway().metric("botgate_ratelimit_decisions_total{limit=\"updates\",result=\"missed\"}"))
                .isEqualTo(2);
    }

    @Test
    void aScopeThatTheUpstreamCloses_isShownWithTheReason_andCanBeReset() {
        upstream()
                .play(Script.exactly(
                        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 100\r\nContent-Length: 2\r\n\r\n{}"));
        assertThat(send().status()).isEqualTo(429);
        upstream().play(Script.reply(200, "{}"));
        Raw.Reply refused = send();
        assertThat(code(refused)).isEqualTo("Throttled");
        assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow()))
                .isBetween(50, 100);
        JsonObject closed = closed();
        assertThat(closed.getInteger("status")).isEqualTo(429);
        assertThat(closed.getLong("remainingMillis")).isBetween(50_000L, 100_000L);

        String scope = URLEncoder.encode(closed.getString("scope"), StandardCharsets.UTF_8);
        Raw.Reply reset = Raw.exchange(
                gateway().adminAddress(),
                Raw.request(
                        "POST /ratelimit/reset?scope=" + scope + " HTTP/1.1",
                        List.of("Host: localhost", "Connection: close"),
                        ""));

        assertThat(reset.status()).isEqualTo(204);
        assertThat(send().status()).isEqualTo(200);
    }

    @Test
    void whatWasAdmittedBeforeItsScopeIsClosed_isNotSent_andItsRecordIsEnded() {
        String upload = "POST /v3/conversations/" + requestId() + "/attachments";
        String body = "{\"type\":\"image/png\",\"originalBase64\":\"AAAA\"}";
        double admitted = uncounted();
        try (Raw slow = Raw.connect(gateway().address())) {
            slow.send(request(upload, "", JSON, BOT, "Content-Length: " + body.length()))
                    .send(body.substring(0, 10));
            until(() -> uncounted() == admitted + 1);
            upstream()
                    .play(Script.exactly(
                            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 100\r\nContent-Length: 2\r\n\r\n{}"));
            assertThat(ask("DELETE /v3/conversations/" + requestId() + "/activities/a", "", BOT)
                            .status())
                    .isEqualTo(429);
            upstream().play(Script.reply(200, "{}"));
            int sent = upstream().requests().size();

            Raw.Reply refused = slow.send(body.substring(10)).reply();

            assertThat(refused.status()).isEqualTo(429);
            assertThat(code(refused)).isEqualTo("Throttled");
            assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow()))
                    .isBetween(50, 100);
            assertThat(upstream().requests()).hasSize(sent);
        }
        until(() -> gateway().entries(requestId()).stream().noneMatch(entry -> entry.status() == OutcomeStatus.OPEN));
        assertThat(gateway().entries(requestId()))
                .extracting(AuditEntry::status)
                .containsExactlyInAnyOrder(OutcomeStatus.REFUSED, OutcomeStatus.FAILED);
    }

    /** How many requests were admitted that no limit applies to. */
    private double uncounted() {
        return gateway().metric("botgate_ratelimit_decisions_total{limit=\"upstream-throttle\",result=\"admitted\"}");
    }

    private JsonObject closed() {
        JsonArray closed = shown().getJsonArray("cooldowns");
        for (int i = 0; i < closed.size(); i++) {
            if (closed.getJsonObject(i).getString("scope").contains(requestId())) {
                return closed.getJsonObject(i);
            }
        }
        throw new AssertionError("It is not shown: " + closed);
    }
}
