package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The owners of lists. */
class CachePartitionTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    @Test
    void aVerifiedBotsNextToken_findsItsList() {
        fixture.askAndAnswer(MEMBERS.verifiedBy("token 1"), "list");

        assertThat(status(fixture.askAndAnswer(MEMBERS.verifiedBy("token 2"), "")))
                .contains("hit");
    }

    @Test
    void aTokenThatOnlyClaimsToBeTheBot_doesNotFindItsList() {
        fixture.askAndAnswer(MEMBERS.verifiedBy("token 1"), "list");

        assertThat(body(fixture.askAndAnswer(MEMBERS, "its own"))).isEqualTo("its own");
        assertThat(body(fixture.askAndAnswer(MEMBERS.as("b").verifiedBy("token 1"), "of b")))
                .isEqualTo("of b");
    }

    @Test
    void anotherTenant_isAnotherOwner() {
        assertThat(CachePartition.of(new Caller("a", "t", "1", true)))
                .isEqualTo(CachePartition.of(new Caller("a", "t", "2", true)))
                .isNotEqualTo(CachePartition.of(new Caller("a", "u", "1", true)))
                .isNotEqualTo(CachePartition.of(new Caller("a", null, "1", true)))
                .isNotEqualTo(CachePartition.of(new Caller("a", "t", "1", false)));
    }

    @Test
    void anotherIssuer_isAnotherOwner() {
        assertThat(CachePartition.of(new Caller("a", "t", "1", true, "https://one.example/", null, false)))
                .isEqualTo(CachePartition.of(new Caller("a", "t", "2", true, "https://one.example/", null, false)))
                .isNotEqualTo(CachePartition.of(new Caller("a", "t", "1", true, "https://two.example/", null, false)));
    }

    @Test
    void aVerifiedCallerWithoutABot_isIdentifiedByItsCredential() {
        assertThat(CachePartition.of(new Caller(null, "t", "1", true)))
                .isEqualTo(CachePartition.of(new Caller(null, null, "1", false)))
                .isNotEqualTo(CachePartition.of(new Caller(null, "t", "2", true)));
    }

    @Test
    void aUserWhoSignedInThroughTheBot_isNeitherTheBotNorAnotherUser() {
        assertThat(CachePartition.of(new Caller("a", "t", "1", true, "https://one.example/", null, true)))
                .isEqualTo(CachePartition.of(new Caller(null, null, "1", false)))
                .isNotEqualTo(CachePartition.of(new Caller("a", "t", "1", true, "https://one.example/", null, false)))
                .isNotEqualTo(CachePartition.of(new Caller("a", "t", "2", true, "https://one.example/", null, true)));
    }

    @Test
    void withoutACredential_thereIsNoOwner() {
        assertThat(CachePartition.of(Caller.anonymous())).isEmpty();
        assertThatThrownBy(() -> new CachePartition(null, null, null, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onceTheTokenHasExpired_itsListsAreNotGiven_andTheConnectorsRefusalDropsThem() {
        Identified request = MEMBERS.request();
        Caller caller = request.caller();
        Instant expiry = Instant.EPOCH.plusSeconds(10);
        Identified expiring = new Identified(
                request.head(),
                new Caller(caller.bot(), null, caller.credentialDigest(), false, null, expiry, false),
                request.body());
        fixture.askAndAnswer(MEMBERS, "list");
        fixture.wallClock = expiry.minusMillis(1);
        Reply before = fixture.filter.apply(expiring, fixture.upstream).result();
        fixture.wallClock = expiry;

        Future<Reply> after = fixture.filter.apply(expiring, fixture.upstream);
        fixture.upstream.last().reply().complete(HeldService.reply(401, "", Map.of()));

        assertThat(status(before)).contains("hit");
        assertThat(after.result().status()).isEqualTo(401);
        assertThat(status(after.result())).isEqualTo("botgate; fwd=bypass");
        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    @Test
    void aListThatVariesByToken_isNotStoredForTheNextToken() {
        fixture.askAndAnswer(
                MEMBERS.verifiedBy("token 1"), HeldService.reply(200, "list", Map.of("Vary", "Authorization")));

        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }
}
