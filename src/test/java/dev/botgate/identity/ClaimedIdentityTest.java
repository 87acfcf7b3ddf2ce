package dev.botgate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimedIdentityTest {
    @Test
    void versionOneTokensNameTheBotByAppid() {
        Caller caller =
                caller("{\"appid\":\"bot-1\",\"azp\":\"other\",\"tid\":\"tenant-1\",\"x\":{\"tid\":\"inner\"}}");

        assertThat(caller.botId()).contains("bot-1");
        assertThat(caller.tenantId()).contains("tenant-1");
        assertThat(caller.verified()).isFalse();
    }

    @Test
    void versionTwoTokensNameTheBotByAzp() {
        assertThat(caller("{\"ver\":\"2.0\",\"azp\":\"bot-2\"}").botId()).contains("bot-2");
    }

    @Test
    void theDigestTellsTokensOfOneBotApart() {
        Caller one = caller("{\"appid\":\"bot\",\"iat\":1}");
        Caller two = caller("{\"appid\":\"bot\",\"iat\":2}");

        assertThat(one.credentialDigest()).hasSize(64).isNotEqualTo(two.credentialDigest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer opaque", "Bearer a.b.c", "Bearer .", "Bearer ", "Basic eDp5", "Bearer a.W10.c"})
    void aCredentialThatIsNoTokenNamesNobodyAndStillHasADigest(String authorization) {
        Caller caller = ClaimedIdentity.caller(List.of(authorization));

        assertThat(caller.botId()).isEmpty();
        assertThat(caller.credentialDigest()).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"appid\":7}", "{\"appid\":null}", "{\"appid\":[\"x\"]}", "{\"appid\":\" \"}", "{\"appid\":\"x"
            })
    void aClaimThatIsNotAName_countsAsAbsent(String claims) {
        assertThat(caller(claims).botId()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "10.9, 10", "-1, 0", "1e300, 253402300799"})
    void theTokenTellsWhenItExpires(String exp, long seconds) {
        Caller caller = caller("{\"exp\":" + exp + "}");

        assertThat(caller.claimedExpiry()).isEqualTo(Instant.ofEpochSecond(seconds));
        assertThat(caller.claimsToHaveExpired(seconds * 1_000 - 1)).isFalse();
        assertThat(caller.claimsToHaveExpired(seconds * 1_000)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"exp\":\"10\"}", "{\"exp\":null}"})
    void aTokenThatDoesNotTell_neverClaimsToHaveExpired(String claims) {
        assertThat(caller(claims).claimsToHaveExpired(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void withoutCredentialNobodyCalls() {
        assertThat(ClaimedIdentity.caller(List.of())).isEqualTo(Caller.anonymous());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void aBlankHeader_isNoCredential(String authorization) {
        assertThat(ClaimedIdentity.caller(List.of(authorization))).isEqualTo(Caller.anonymous());
        assertThat(ClaimedIdentity.caller(List.of(authorization, ""))).isEqualTo(Caller.anonymous());
    }

    @Test
    void twoCredentialsInOneRequest_giveACallerWithoutNames() {
        Caller caller = ClaimedIdentity.caller(List.of(bearer("{\"appid\":\"a\"}"), bearer("{\"appid\":\"b\"}")));

        assertThat(caller.botId()).isEmpty();
        assertThat(caller.credentialDigest()).hasSize(64);
    }

    private static Caller caller(String claims) {
        return ClaimedIdentity.caller(List.of(bearer(claims)));
    }

    private static String bearer(String claims) {
        String payload =
                Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        return "Bearer e30." + payload + ".c2ln";
    }
}
