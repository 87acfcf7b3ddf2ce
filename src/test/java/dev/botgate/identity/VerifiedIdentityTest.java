package dev.botgate.identity;

import static dev.botgate.testing.Jwt.FIRST;
import static dev.botgate.testing.Jwt.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Caller;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiedIdentityTest {
    private static final String TENANT = "d6d49420-f39b-4df7-a1dc-d59a935871db";
    private static final String ONE = "https://sts.windows.net/" + TENANT + "/";
    private static final String ANY_TENANT = "https://login.example/{tenantid}/v2.0";

    private ScriptedUpstream source;
    private IdentityFixture gate;

    @BeforeEach
    void start() {
        source = ScriptedUpstream.start(Script.reply(
                200,
                Jwt.jwks(
                        Jwt.jwk(FIRST, "k1"),
                        Jwt.jwk(SECOND, "of-one").put("issuer", "https://login.example/lonely/v2.0"))));
        gate = IdentityFixture.started(Map.of(
                "one", new IssuerSettings(ONE, source.url(), null),
                "any", new IssuerSettings(ANY_TENANT, source.url(), null)));
    }

    @AfterEach
    void close() {
        gate.close();
        source.close();
    }

    @ParameterizedTest
    @CsvSource({"RS256,SHA256withRSA", "RS384,SHA384withRSA", "RS512,SHA512withRSA"})
    void aTokenOfATrustedIssuer_isLetIn_withVerifiedNames(String algorithm, String platforms) {
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"k1\",\"x5t\":\"k1\",\"typ\":\"JWT\"}";
        String token = Jwt.text(header, claims().encode(), Jwt.rsaSignature(platforms, FIRST.getPrivate()));

        Caller caller = gate.ask(token);

        assertThat(caller.botId()).contains("bot");
        assertThat(caller.tenantId()).contains(TENANT);
        assertThat(caller.verified()).isTrue();
        assertThat(caller.issuer()).isEqualTo(ONE);
        assertThat(caller.credentialDigest()).hasSize(64);
    }

    @Test
    void aTokenOfVersionTwo_namesTheBotByAzp() {
        JsonObject claims = Jwt.claims("https://login.example/t-2/v2.0", "x", "t-2", gate.now());
        claims.remove("appid");

        Caller caller = gate.ask(signed(claims.put("azp", "bot-2")));

        assertThat(caller.botId()).contains("bot-2");
        assertThat(caller.tenantId()).contains("t-2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"user_impersonation\"", "\"\"", "null", "[\"a\"]"})
    void aTokenWithScopes_isDelegated(String scp) {
        JsonObject claims = claims();

        assertThat(gate.ask(Jwt.signed(Jwt.FIRST, "k1", claims)).delegated()).isFalse();
        assertThat(gate.ask(Jwt.signed(Jwt.FIRST, "k1", claims.put("scp", Json.decodeValue(scp))))
                        .delegated())
                .isTrue();
    }

    @Test
    void theAudience_mayBeOneOfSeveral() {
        assertThat(gate.ask(signed(claims().put("aud", new JsonArray().add("x").add(Jwt.AUDIENCE))))
                        .verified())
                .isTrue();
    }

    @Test
    void twoTokensOfOneBot_areOneBot_withTwoDigests() {
        Caller first = gate.ask(signed(claims()));
        Caller second = gate.ask(signed(claims().put("uti", "other")));

        assertThat(second.botId()).isEqualTo(first.botId());
        assertThat(second.credentialDigest()).isNotEqualTo(first.credentialDigest());
    }

    @Test
    void aKnownToken_isNotCheckedAgain_butExpiresAllTheSame() {
        String token = signed(claims());

        assertThat(gate.ask(token)).isEqualTo(gate.ask(token));
        assertThat(gate.count("verified")).isEqualTo(1);
        assertThat(gate.count("remembered")).isEqualTo(1);

        gate.pass(Duration.ofHours(1).plus(IdentityFixture.SKEW));
        refused(TokenRejection.EXPIRED, token);
    }

    @Test
    void clocksMayDifferByTheSkew_andNoMore() {
        long now = gate.now().getEpochSecond();
        long skew = IdentityFixture.SKEW.toSeconds();

        assertThat(gate.ask(signed(claims().put("exp", now - skew + 1))).verified())
                .isTrue();
        assertThat(gate.ask(signed(claims().put("nbf", now + skew))).verified()).isTrue();
        assertThat(gate.ask(signed(claims().put("exp", now + 0.5))).verified()).isTrue();
        refused(TokenRejection.EXPIRED, signed(claims().put("exp", now - skew)));
        refused(TokenRejection.EXPIRED, signed(claims().put("exp", -1)));
        refused(TokenRejection.EARLY, signed(claims().put("nbf", now + skew + 1)));
        refused(TokenRejection.EARLY, signed(claims().put("nbf", "soon")));
        refused(TokenRejection.MALFORMED, signed(claims().put("exp", "never")));
        refused(TokenRejection.MALFORMED, signed(without("exp")));
    }

    @Test
    void withoutNotBefore_aTokenIsValid() {
        assertThat(gate.ask(signed(without("nbf"))).verified()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "https://sts.windows.net/other/, " + TENANT,
                "https://sts.windows.net/" + TENANT + ", " + TENANT,
                "HTTPS://sts.windows.net/" + TENANT + "/, " + TENANT,
                "https://login.example/a/v2.0, b",
                "https://login.example/a/v2.0, null",
                "https://login.example/a/b/v2.0, a/b",
                "https://login.example/{tenantid}/v2.0, {tenantid}",
                "null, " + TENANT
            })
    void anotherIssuer_orTheRightOneForAnotherTenant_isNotTrusted(@Nullable String issuer, @Nullable String tenant) {
        refused(TokenRejection.ISSUER, signed(claims().put("iss", issuer).put("tid", tenant)));
    }

    @Test
    void aTokenForAnotherAudience_isRefused() {
        refused(TokenRejection.AUDIENCE, signed(claims().put("aud", "https://graph.microsoft.com")));
        refused(TokenRejection.AUDIENCE, signed(claims().put("aud", Jwt.AUDIENCE + "/")));
        refused(TokenRejection.AUDIENCE, signed(claims().put("aud", new JsonArray().add("x"))));
        refused(TokenRejection.AUDIENCE, signed(without("aud")));
    }

    @Test
    void aTokenThatNamesNoBot_orTwo_isRefused() {
        refused(TokenRejection.NAMELESS, signed(without("appid")));
        refused(TokenRejection.NAMELESS, signed(claims().put("appid", 7)));
        refused(TokenRejection.NAMELESS, signed(claims().put("appid", "x".repeat(257))));
        refused(TokenRejection.NAMELESS, signed(claims().put("azp", "other")));
    }

    @Test
    void aKeyThatSignsForOneTenant_signsForNoOther() {
        assertThat(gate.ask(Jwt.signed(SECOND, "of-one", tenanted("lonely"))).tenantId())
                .contains("lonely");

        refused(TokenRejection.ISSUER, Jwt.signed(SECOND, "of-one", tenanted("other")));
        refused(TokenRejection.ISSUER, Jwt.signed(SECOND, "of-one", claims()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic eDp5", "Bearer", "Negotiate x"})
    void withoutABearerToken_theChallengeIsPlain(String authorization) {
        GatewayException refusal = gate.refusal(authorization);

        assertThat(refusal.failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(refusal.headers()).containsEntry("WWW-Authenticate", "Bearer");
    }

    @Test
    void withoutAnyCredential_nobodyIsLetIn() {
        assertThat(gate.refusal().headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(gate.count("absent")).isEqualTo(1);
    }

    @Test
    void twoCredentials_areRefused_evenIfBothAreValid() {
        String good = "Bearer " + signed(claims());

        assertThat(gate.refusal(good, good).getMessage()).contains("well-formed");
        assertThat(gate.refusal(good, "Basic eDp5").headers().get("WWW-Authenticate"))
                .startsWith("Bearer error=\"invalid_token\", error_description=\"");
    }

    private void refused(TokenRejection fault, String token) {
        double before = gate.count(fault.tag());

        GatewayException refusal = gate.refusal("Bearer " + token);

        assertThat(refusal.failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(refusal.headers())
                .containsEntry(
                        "WWW-Authenticate",
                        "Bearer error=\"invalid_token\", error_description=\"" + refusal.getMessage() + "\"");
        assertThat(gate.count(fault.tag())).as(refusal.getMessage()).isEqualTo(before + 1);
    }

    private static String signed(JsonObject claims) {
        return Jwt.signed(FIRST, "k1", claims);
    }

    private JsonObject claims() {
        return Jwt.claims(ONE, "bot", TENANT, gate.now());
    }

    private JsonObject tenanted(String tenant) {
        return Jwt.claims("https://login.example/" + tenant + "/v2.0", "bot", tenant, gate.now());
    }

    private JsonObject without(String claim) {
        JsonObject claims = claims();
        claims.remove(claim);
        return claims;
    }
}
