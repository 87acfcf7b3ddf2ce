package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of removing a member on the conversation's lists. */
class InvalidationTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");
    private static final CacheRequest REMOVAL = CacheRequest.removal("19%3Ax");

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    @Test
    void aRemoval_dropsAllListsOfItsConversation_ofAllOwners() {
        List<CacheRequest> lists = List.of(
                MEMBERS,
                MEMBERS.as("b"),
                CacheRequest.paged("19:x", "pageSize=50"),
                CacheRequest.paged("19:x", "pageSize=50&continuationToken=t"),
                CacheRequest.get("/amer/v3/conversations/19:x/members"),
                CacheRequest.get("/v3/conversations/19:x;messageid=1/members"),
                CacheRequest.get("/v3/conversations/19:x/activities/1/members"));
        lists.forEach(list -> fixture.askAndAnswer(list, "before"));

        fixture.askAndAnswer(REMOVAL, "");

        assertThat(fixture.cache.stored().asMap()).isEmpty();
        assertThat(fixture.cache.generations()).isZero();
        assertThat(lists).allSatisfy(list -> assertThat(body(fixture.askAndAnswer(list, "after")))
                .isEqualTo("after"));
        assertThat(fixture.meters.get("botgate.cache.drops").counter().count()).isEqualTo(7);
    }

    @Test
    void aRemoval_dropsNoListsOfOtherConversations() {
        CacheRequest other = CacheRequest.members("19:y");
        fixture.askAndAnswer(other, "before");

        fixture.askAndAnswer(REMOVAL, "");

        assertThat(status(fixture.askAndAnswer(other, "after"))).contains("hit");
    }

    @Test
    void aRemovalThroughOneConnectorName_dropsListsLoadedThroughAnother() {
        CacheRequest throughAnother = MEMBERS.on("emea");
        fixture.askAndAnswer(throughAnother, "before");
        Future<Reply> underWay = fixture.ask(throughAnother.as("b"));

        fixture.askAndAnswer(REMOVAL, "");
        fixture.upstream.calls().get(1).answer("before");

        assertThat(underWay.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).isEmpty();
        assertThat(fixture.cache.generations()).isZero();
        assertThat(body(fixture.askAndAnswer(throughAnother, "after"))).isEqualTo("after");
    }

    @Test
    void anOperatorsDropOnOneUpstream_dropsNoListsOfOthers() {
        fixture.askAndAnswer(MEMBERS, "before");
        fixture.askAndAnswer(MEMBERS.on("emea"), "before");

        assertThat(fixture.cache.invalidate(new Invalidation("emea", "19:x"))).isEqualTo(1);

        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).contains("hit");
    }

    @Test
    void aRemoval_isForwardedUnchanged() {
        Reply answer = HeldService.reply(204, "", Map.of());

        Reply reply = fixture.askAndAnswer(REMOVAL, answer);

        assertThat(reply).isSameAs(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 500, 502, 503, 504})
    void whenTheRemovalSucceededOrMayHave_listsLoadedMeanwhileAreDropped(int answer) {
        Future<Reply> removal = fixture.ask(REMOVAL);
        fixture.askAndAnswer(MEMBERS, "before");

        fixture.upstream.calls().get(0).reply().complete(HeldService.reply(answer, "", Map.of()));

        assertThat(removal.result().status()).isEqualTo(answer);
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void whenTheRemovalMayHaveHappened_listsLoadedMeanwhileAreDropped(Failure failure) {
        Future<Reply> removal = fixture.ask(REMOVAL);
        fixture.askAndAnswer(MEMBERS, "before");
        GatewayException cause = new GatewayException(failure, "It failed");

        fixture.upstream.calls().get(0).reply().fail(cause);

        assertThat(removal.cause()).isSameAs(cause);
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after")))
                .isEqualTo(failure.mayHaveHappened() ? "after" : "before");
    }

    @Test
    void whenTheRemovalFailsByABug_listsLoadedMeanwhileAreDropped() {
        Future<Reply> removal = fixture.ask(REMOVAL);
        fixture.askAndAnswer(MEMBERS, "before");

        fixture.upstream.calls().get(0).reply().fail(new IllegalStateException("a bug"));

        assertThat(removal.failed()).isTrue();
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @Test
    void untilTheRemovalIsAnswered_theCachedListIsGiven() {
        fixture.askAndAnswer(MEMBERS, "before");

        Future<Reply> removal = fixture.ask(REMOVAL);

        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).contains("hit");
        assertThat(fixture.fleet.sent()).isEmpty();
        fixture.upstream.last().reply().complete(HeldService.reply(204, "", Map.of()));
        assertThat(removal.succeeded()).isTrue();
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @Test
    void theListOfALoadThatEndsAfterTheRemoval_isNotStored() {
        Future<Reply> removal = fixture.ask(REMOVAL);
        Future<Reply> list = fixture.ask(MEMBERS);

        fixture.upstream.calls().get(0).reply().complete(HeldService.reply(204, "", Map.of()));
        fixture.upstream.calls().get(1).answer("before");

        assertThat(removal.succeeded() && list.succeeded()).isTrue();
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410})
    void aRefusedRemoval_dropsTheCallersListsOnly(int answer) {
        fixture.askAndAnswer(MEMBERS, "before");
        fixture.askAndAnswer(CacheRequest.paged("19:x", "pageSize=50").on("emea"), "before");
        fixture.askAndAnswer(CacheRequest.members("19:y"), "before");
        fixture.askAndAnswer(MEMBERS.as("b"), "before");

        fixture.askAndAnswer(REMOVAL, HeldService.reply(answer, "", Map.of()));

        assertThat(fixture.cache.stored().asMap().keySet())
                .extracting(key -> key.conversation() + " of " + key.owner().credentialDigest())
                .containsExactlyInAnyOrder("19:y of digest-of-a", "19:x of digest-of-b");
        assertThat(fixture.fleet.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 412, 429})
    void aRefusedRemovalWithoutCredential_dropsNothing(int answer) {
        fixture.askAndAnswer(MEMBERS, "before");
        fixture.askAndAnswer(MEMBERS.as("b"), "before");

        fixture.askAndAnswer(REMOVAL.as(""), HeldService.reply(answer, "", Map.of()));

        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).contains("hit");
        assertThat(status(fixture.askAndAnswer(MEMBERS.as("b"), ""))).contains("hit");
        assertThat(fixture.fleet.sent()).isEmpty();
    }

    @Test
    void whenTheRemovalIsRefused_theCallersLoadIsNotStored_butAnotherCallersIs() {
        Future<Reply> own = fixture.ask(MEMBERS);
        Future<Reply> another = fixture.ask(MEMBERS.as("b"));

        fixture.askAndAnswer(REMOVAL, HeldService.reply(404, "", Map.of()));
        fixture.upstream.calls().get(0).answer("before");
        fixture.upstream.calls().get(1).answer("before");

        assertThat(body(own.result())).isEqualTo("before");
        assertThat(body(another.result())).isEqualTo("before");
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
        assertThat(status(fixture.askAndAnswer(MEMBERS.as("b"), ""))).contains("hit");
    }

    @ParameterizedTest
    @CsvSource({"502, 404, true", "504, 401, true", "429, 404, false", "412, 401, false"})
    void anEarlierAttemptThatMayHaveTakenEffect_counts(int first, int last, boolean dropped) {
        fixture.askAndAnswer(MEMBERS.as("b"), "before");
        Call removal = REMOVAL.request().with(new Payload.None());

        Future<Reply> removed = new InvalidationFilter(fixture.cache).apply(removal, call -> {
            Future<Reply> ended = Future.succeededFuture(HeldService.reply(first, "", Map.of()));
            Future<Reply> answer = Future.succeededFuture(HeldService.reply(last, "", Map.of()));
            return EndedAttempt.withAttempts(
                    answer,
                    List.of(
                            new EndedAttempt(1, Instant.EPOCH, Duration.ZERO, ended),
                            new EndedAttempt(2, Instant.EPOCH, Duration.ZERO, answer)));
        });

        assertThat(removed.result().status()).isEqualTo(last);
        assertThat(fixture.cache.stored().asMap()).hasSize(dropped ? 0 : 1);
    }

    @Test
    void aLoadThatBeganBeforeTheDrop_answersWaitingRequests_butIsNotStored() {
        Future<Reply> first = fixture.ask(MEMBERS);
        Future<Reply> joined = fixture.ask(MEMBERS);

        fixture.askAndAnswer(REMOVAL, "");
        fixture.upstream.calls().get(0).answer("before");

        assertThat(body(first.result())).isEqualTo("before");
        assertThat(status(first.result())).isEqualTo("botgate; fwd=uri-miss; detail=superseded");
        assertThat(body(joined.result())).isEqualTo("before");
        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @Test
    void aLoadThatBeganBeforeTheDrop_isNotJoinedAfterwards() {
        Future<Reply> before = fixture.ask(MEMBERS);
        fixture.askAndAnswer(REMOVAL, "");

        Reply after = fixture.askAndAnswer(MEMBERS, "after");
        fixture.upstream.calls().get(0).answer("before");

        assertThat(body(after)).isEqualTo("after");
        assertThat(body(before.result())).isEqualTo("before");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("after");
    }

    @Test
    void removalsFromConversationsWithoutLists_leaveNothingBehind() {
        for (int i = 0; i < 1_000; i++) {
            fixture.askAndAnswer(CacheRequest.removal("19:" + i), "");
        }

        assertThat(fixture.cache.generations()).isZero();
    }

    @Test
    void anOperatorsDrop_hasTheSameEffect() {
        fixture.askAndAnswer(MEMBERS, "before");

        fixture.cache.invalidate(new Invalidation(null, "19:x"));

        assertThat(body(fixture.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }
}
