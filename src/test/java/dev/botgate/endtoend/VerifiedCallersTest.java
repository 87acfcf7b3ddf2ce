package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Intent;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A gateway that believes signatures only. */
class VerifiedCallersTest extends GatewayTestBase {
    private static final String ISSUER = "https://sts.windows.net/tenant/";

    private final ScriptedUpstream keys = ScriptedUpstream.start(Script.reply(200, Jwt.jwks(Jwt.jwk(Jwt.FIRST, "k1"))));

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return verifying(usual, keys.url());
    }

    @AfterAll
    void closeKeys() {
        keys.close();
    }

    @Test
    void aVerifiedBot_isServed_andRecordedAsVerified() {
        String token = token("bot-1", "a");

        assertThat(ask(SEND, HELLO, JSON, "Authorization: Bearer " + token).status())
                .isEqualTo(200);

        assertThat(upstream().take().all("Authorization")).containsExactly("Bearer " + token);
        Intent intent = gateway().closedEntry(requestId()).intent();
        assertThat(intent.verified()).isTrue();
        assertThat(intent.bot()).isEqualTo("bot-1");
        assertThat(intent.tenant()).isEqualTo("tenant");
        assertThat(found().getBoolean("verified")).isTrue();
    }

    @Test
    void twoTokensOfOneBot_areBothLetIn_untilOneIsChanged() {
        String first = token("bot-2", "a");
        String second = token("bot-2", "b");

        for (String token : new String[] {first, second, first, second}) {
            assertThat(ask(SEND, HELLO, JSON, "Authorization: Bearer " + token).status())
                    .isEqualTo(200);
        }
        assertThat(ask(SEND, HELLO, JSON, "Authorization: Bearer " + first + "A")
                        .status())
                .isEqualTo(401);

        until(() -> gateway().entries(requestId()).size() == 4);
        assertThat(gateway().entries(requestId()))
                .allSatisfy(entry -> assertThat(entry.intent().verified()).isTrue())
                .extracting(entry -> entry.intent().bot())
                .containsOnly("bot-2");
    }

    @Test
    void aListThatABotLoaded_isOfItsNextToken_andNotOfAUserWhoSignedInThroughIt() {
        String members = "GET /v3/conversations/" + requestId() + "/members";
        JsonObject claims = Jwt.claims(ISSUER, "bot-3", "tenant", Instant.now());
        String ofAUser = Jwt.signed(Jwt.FIRST, "k1", claims.put("scp", "user_impersonation"));

        assertThat(kept(members, token("bot-3", "a"))).contains("uri-miss");

        assertThat(kept(members, token("bot-3", "b"))).contains("hit");
        assertThat(kept(members, ofAUser)).contains("uri-miss");
        assertThat(kept(members, ofAUser)).contains("hit");
    }

    private String kept(String request, String token) {
        return ask(request, "", "Authorization: Bearer " + token)
                .header("Cache-Status")
                .orElseThrow();
    }

    @Test
    void aForgedToken_isRefused_andReachesNobody() {
        String forged = Jwt.signed(Jwt.SECOND, "k1", Jwt.claims(ISSUER, "bot-1", "tenant", Instant.now()));
        double before = refused("signature");

        Raw.Reply reply = ask(SEND, HELLO, JSON, "Authorization: Bearer " + forged);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.all("WWW-Authenticate"))
                .containsExactly(
                        "Bearer error=\"invalid_token\", error_description=\"The signature of the token is wrong\"");
        assertThat(reply.body().toJsonObject())
                .isEqualTo(new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("code", "Unauthorized")
                                        .put("message", "The signature of the token is wrong")));
        assertThat(upstream().requests()).isEmpty();
        assertThat(gateway().entries(requestId())).isEmpty();
        assertThat(refused("signature") - before).isEqualTo(1);
    }

    @Test
    void withoutAToken_nobodyIsServed_whateverIsAsked() {
        for (String request : new String[] {SEND, "GET /v3/conversations/c/members", "GET /v3/teams/t"}) {
            Raw.Reply reply = ask(request, "");

            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.all("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(code(reply)).isEqualTo("Unauthorized");
        }
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void theGateway_isReady() {
        Raw.Reply ready = gateway().operator("/health/ready");

        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body().toJsonObject().getJsonObject("checks").getJsonObject("identity"))
                .isEqualTo(new JsonObject().put("status", "UP"));
        assertThat(gateway().metric("botgate_identity_keys{")).isEqualTo(1);
    }

    @Test
    void untilThereAreKeys_theGatewayIsNotReady_andAnswers503(TestDatabase database) {
        try (ScriptedUpstream late = ScriptedUpstream.start(Script.reply(500, "{}"));
                GatewayFixture waiting = verifying(
                                GatewayFixture.on(database)
                                        .connector("scripted", upstream().url()),
                                late.url())
                        .start()) {
            String request = request(SEND, HELLO, JSON, "Authorization: Bearer " + token("bot-1", "a"));

            Raw.Reply early = waiting.ask(request);
            assertThat(early.status()).isEqualTo(503);
            assertThat(code(early)).isEqualTo("IdentityUnavailable");
            assertThat(early.header("Retry-After").orElseThrow()).matches("[1-9][0-9]*");
            Raw.Reply ready = waiting.operator("/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.text()).contains("no keys of azure yet: status 500");

            late.play(Script.reply(200, Jwt.jwks(Jwt.jwk(Jwt.FIRST, "k1"))));
            until(() -> waiting.operator("/health/ready").status() == 200);
            assertThat(waiting.ask(request).status()).isEqualTo(200);
        }
    }

    private static GatewayFixture.Plan verifying(GatewayFixture.Plan plan, URI keys) {
        return plan.set("IDENTITY_MODE", "verified")
                .set("IDENTITY_ISSUERS_AZURE_ISSUER", "https://sts.windows.net/{tenantid}/")
                .set("IDENTITY_ISSUERS_AZURE_JWKS", keys.toString())
                .set("IDENTITY_AUDIENCES", "[" + Jwt.AUDIENCE + "]");
    }

    private static String token(String bot, String uti) {
        return Jwt.signed(
                Jwt.FIRST,
                "k1",
                Jwt.claims(ISSUER, bot, "tenant", Instant.now()).put("uti", uti));
    }

    private JsonObject found() {
        return gateway()
                .operator("/audit/entries?request-id=" + requestId())
                .body()
                .toJsonObject()
                .getJsonArray("entries")
                .getJsonObject(0);
    }

    private double refused(String result) {
        return gateway().metric("botgate_identity_tokens_total{result=\"" + result + "\"");
    }
}
