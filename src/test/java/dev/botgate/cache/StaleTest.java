package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.LOAD_DEADLINE;
import static dev.botgate.cache.CacheFixture.LOAD_PATIENCE;
import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestSettings;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that are fresh for 60 s, then stale for 30 s while they are refreshed, or for 600 s on errors. */
class StaleTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration REVALIDATE = Duration.ofSeconds(30);
    private static final Duration ERROR = Duration.ofMinutes(10);
    private final GatewayException unreachable =
            new GatewayException(Failure.UPSTREAM_UNREACHABLE, "It cannot be reached");

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture(new ListSettings(FRESH, REVALIDATE, ERROR));

    @Test
    void aStaleList_isGivenAtOnce_whileOneRefreshRuns() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(3));

        Future<Reply> first = fixture.ask(MEMBERS);
        Future<Reply> second = fixture.ask(MEMBERS);

        assertThat(fixture.upstream.calls()).hasSize(2);
        assertThat(List.of(first, second)).allSatisfy(reply -> {
            assertThat(body(reply.result())).isEqualTo("old");
            assertThat(status(reply.result())).isEqualTo("botgate; hit; ttl=-3; detail=stale-while-revalidate");
            assertThat(reply.result().headers().get("Age")).isEqualTo("63");
        });
        fixture.upstream.last().answer("new");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
        assertThat(fixture.upstream.calls()).hasSize(2);
        assertThat(fixture.count("stale")).isEqualTo(2);
    }

    @Test
    void aClientThatDisconnects_doesNotCancelTheRefresh() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH);

        fixture.askAndAnswer(MEMBERS.with("x-ms-client-request-id", "r"), "new");

        assertThat(fixture.upstream.last().request().body().clientGone()).isFalse();
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
    }

    @Test
    void afterStaleWhileRevalidate_theRequestWaitsForTheLoad() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plus(REVALIDATE));

        Reply next = fixture.askAndAnswer(MEMBERS, "new");

        assertThat(body(next)).isEqualTo("new");
        assertThat(status(next)).isEqualTo("botgate; fwd=stale; stored");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504, 599})
    void whenTheUpstreamFails_theStaleListIsGiven_andCacheStatusSaysSo(int answer) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));

        Reply stale = fixture.askAndAnswer(MEMBERS, HeldService.reply(answer, "no", Map.of()));

        assertThat(stale.status()).isEqualTo(200);
        assertThat(body(stale)).isEqualTo("old");
        assertThat(status(stale))
                .isEqualTo("botgate; fwd=stale; fwd-status=" + answer + "; ttl=-100; detail=stale-if-error");
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_UNREACHABLE", "UPSTREAM_REPLY_BROKEN", "UPSTREAM_BUSY", "UPSTREAM_TIMEOUT", "THROTTLED"})
    void whenTheUpstreamIsUnreachable_allWaitingRequestsGetTheStaleList(Failure failure) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        List<Future<Reply>> asked = List.of(fixture.ask(MEMBERS), fixture.ask(MEMBERS));

        fixture.upstream.last().reply().fail(new GatewayException(failure, "It failed"));

        assertThat(asked).allSatisfy(reply -> assertThat(status(reply.result()))
                .isEqualTo("botgate; fwd=stale; ttl=-100; detail=stale-if-error"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"INTERNAL_ERROR", "SHUTTING_DOWN", "AUDIT_UNAVAILABLE"})
    void anInternalError_isNotMaskedByAStaleList(Failure failure) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> asked = fixture.ask(MEMBERS);

        fixture.upstream.last().reply().fail(new GatewayException(failure, "It failed"));

        assertThat(asked.failed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410})
    void aRefusal_isNeverMasked_andDropsTheCallersListsOfTheConversation(int refusal) {
        CacheRequest page = CacheRequest.paged("19:x", "pageSize=50");
        fixture.askAndAnswer(page, "page");
        fixture.askAndAnswer(page.as("b"), "page of b");
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(1));

        fixture.askAndAnswer(MEMBERS, HeldService.reply(refusal, "no", Map.of()));
        Reply next = fixture.askAndAnswer(MEMBERS, HeldService.reply(refusal, "no", Map.of()));

        assertThat(next.status()).isEqualTo(refusal);
        assertThat(status(fixture.askAndAnswer(page, "page"))).contains("uri-miss");
        assertThat(status(fixture.askAndAnswer(page.as("b"), ""))).contains("hit");
    }

    @Test
    void aRefusalOfARequestThatBypassesTheCache_dropsTheListToo() {
        fixture.askAndAnswer(MEMBERS, "old");

        fixture.askAndAnswer(MEMBERS.with("Cache-Control", "no-store"), HeldService.reply(403, "no", Map.of()));

        assertThat(status(fixture.askAndAnswer(MEMBERS, "new"))).contains("uri-miss");
    }

    @Test
    void afterAFailure_theStaleListIsGivenAtOnce_andTheUpstreamTriedOnceASecond() {
        CacheRequest other = CacheRequest.members("19:y");
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.askAndAnswer(other, "old too");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> first = fixture.ask(MEMBERS);
        fixture.upstream.last().reply().fail(unreachable);
        int calls = fixture.upstream.calls().size();

        List<Future<Reply>> atOnce = List.of(fixture.ask(MEMBERS), fixture.ask(other));

        assertThat(first.succeeded()).isTrue();
        assertThat(atOnce).allSatisfy(reply -> assertThat(status(reply.result()))
                .isEqualTo("botgate; hit; ttl=-100; detail=stale-if-error"));
        assertThat(fixture.upstream.calls()).hasSize(calls);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(body(fixture.ask(MEMBERS).result())).isEqualTo("old");
        assertThat(body(fixture.ask(other).result())).isEqualTo("old too");
        assertThat(fixture.upstream.calls()).hasSize(calls + 1);
        fixture.upstream.last().answer("new");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
        assertThat(body(fixture.askAndAnswer(other, "new too"))).isEqualTo("new too");
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_REPLY_BROKEN", "UPSTREAM_REPLY_TOO_LARGE", "UPSTREAM_TIMEOUT", "UPSTREAM_BUSY"})
    void aFailureOfOneList_doesNotAffectOthers(Failure failure) {
        CacheRequest other = CacheRequest.members("19:y");
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.askAndAnswer(other, "old too");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> failed = fixture.ask(MEMBERS);
        fixture.upstream.last().reply().fail(new GatewayException(failure, "It failed"));

        assertThat(status(failed.result())).contains("stale-if-error");
        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).contains("hit; ttl=-100; detail=stale-if-error");
        assertThat(body(fixture.askAndAnswer(other, "new too"))).isEqualTo("new too");
    }

    @ParameterizedTest
    @CsvSource({"502, 1, false", "503, 2, false", "503, 3, true", "504, 3, true", "500, 3, false"})
    void listsThatAreAnswered5xx_speakForTheWholeUpstream_whenSeveralConversationsDo(
            int answer, int conversations, boolean atOnce) {
        List<CacheRequest> failing = IntStream.range(0, conversations)
                .mapToObj(i -> CacheRequest.members("19:f" + i))
                .toList();
        failing.forEach(list -> fixture.askAndAnswer(list, "old"));
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        failing.forEach(list -> fixture.askAndAnswer(list, HeldService.reply(answer, "no", Map.of())));
        int calls = fixture.upstream.calls().size();

        Future<Reply> reply = fixture.ask(MEMBERS);

        assertThat(reply.isComplete()).isEqualTo(atOnce);
        assertThat(fixture.upstream.calls()).hasSize(calls + (atOnce ? 0 : 1));
    }

    @Test
    void repeatedFailuresOfOneConversation_orFailuresBetweenSuccesses_doNotCountForTheUpstream() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        for (int i = 0; i < 5; i++) {
            fixture.askAndAnswer(CacheRequest.paged("19:f", "pageSize=" + i), HeldService.reply(503, "no", Map.of()));
        }
        for (int i = 0; i < 5; i++) {
            fixture.askAndAnswer(CacheRequest.members("19:g" + i), HeldService.reply(503, "no", Map.of()));
            fixture.askAndAnswer(CacheRequest.members("19:h" + i), "good");
        }

        assertThat(body(fixture.askAndAnswer(MEMBERS, "new"))).isEqualTo("new");
    }

    @Test
    void a429ForOneList_doesNotAffectOthers() {
        CacheRequest other = CacheRequest.members("19:y");
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.askAndAnswer(other, "old too");
        fixture.pass(FRESH.plusSeconds(100));
        fixture.askAndAnswer(MEMBERS, HeldService.reply(429, "no", Map.of()));

        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).contains("hit; ttl=-100; detail=stale-if-error");
        assertThat(body(fixture.askAndAnswer(other, "new too"))).isEqualTo("new too");
    }

    @Test
    void afterStaleIfError_aListIsNeverGiven() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plus(ERROR));
        Future<Reply> asked = fixture.ask(MEMBERS);

        fixture.upstream.last().reply().fail(unreachable);

        assertThat(asked.cause()).isSameAs(unreachable);
        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    @Test
    void afterAnInvalidation_noStaleListIsGiven() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> asked = fixture.ask(MEMBERS);
        fixture.cache.invalidate(new Invalidation("teams", "19:x"));

        fixture.upstream.last().reply().fail(unreachable);

        assertThat(asked.failed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false"})
    void aListThatAnotherGatewayMayHaveInvalidated_isNotGivenStale(int secondsStale, boolean atOnce) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.fleet.setReceives(false);
        fixture.pass(FRESH.minusSeconds(1).plusSeconds(secondsStale));

        Future<Reply> asked = fixture.ask(MEMBERS);

        assertThat(asked.isComplete()).isEqualTo(atOnce);
        if (!atOnce) {
            fixture.upstream.last().reply().fail(unreachable);
            assertThat(asked.failed()).isTrue();
        }
    }

    @Test
    void afterTheLoadDeadline_waitingRequestsGet504() {
        Future<Reply> asked = fixture.ask(MEMBERS);
        fixture.timers.fire();

        assertThat(((GatewayException) asked.cause()).failure()).isEqualTo(Failure.UPSTREAM_TIMEOUT);
        assertThat(fixture.cache.loadsUnderWay()).isZero();
        fixture.upstream.last().answer("late");
        assertThat(fixture.cache.stored().asMap()).isEmpty();
        assertThat(fixture.timers.waiting()).isZero();
    }

    @Test
    void afterTheLoadDeadline_waitingRequestsGetTheStaleList() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> asked = fixture.ask(MEMBERS);
        fixture.pass(LOAD_DEADLINE);

        fixture.timers.fire();

        assertThat(body(asked.result())).isEqualTo("old");
    }

    @Test
    void afterTheLoadPatience_theStaleListIsGiven_andAtOnceTheNextTime_whileTheLoadGoesOn() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> first = fixture.ask(MEMBERS);
        Future<Reply> joined = fixture.ask(MEMBERS);
        assertThat(List.of(first, joined)).noneMatch(Future::isComplete);

        fixture.timers.fire(LOAD_PATIENCE);

        assertThat(List.of(first, joined)).allSatisfy(reply -> assertThat(status(reply.result()))
                .isEqualTo("botgate; fwd=stale; ttl=-100; detail=stale-if-error"));
        assertThat(status(fixture.ask(MEMBERS).result())).isEqualTo("botgate; hit; ttl=-100; detail=stale-if-error");
        assertThat(fixture.upstream.calls()).hasSize(2);
        fixture.upstream.last().answer("new");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
        assertThat(fixture.timers.waiting()).isZero();
    }

    @Test
    void aRefusalAfterTheLoadPatience_dropsTheListToo() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> first = fixture.ask(MEMBERS);
        fixture.timers.fire(LOAD_PATIENCE);

        fixture.upstream.last().reply().complete(HeldService.reply(403, "no", Map.of()));

        assertThat(body(first.result())).isEqualTo("old");
        assertThat(status(fixture.askAndAnswer(MEMBERS, "new"))).contains("uri-miss");
    }

    @Test
    void aRequestThatAllowsNoStaleList_waitsUntilTheLoadEnds() {
        CacheRequest strict = MEMBERS.with("Cache-Control", "max-age=5");
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> asked = fixture.ask(strict);

        fixture.timers.fire(LOAD_PATIENCE);

        assertThat(asked.isComplete()).isFalse();
        fixture.upstream.last().answer("new");
        assertThat(body(asked.result())).isEqualTo("new");
    }

    @Test
    void withAStaleListToFallBackTo_theUpstreamIsCalledOnce_otherwiseWithRetries() {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(FRESH.plusSeconds(100));
        Future<Reply> lenient = fixture.ask(MEMBERS);
        Future<Reply> strict = fixture.ask(MEMBERS.with("Cache-Control", "max-age=5"));
        assertThat(fixture.upstream.last().request().body().clientGone()).isTrue();
        int calls = fixture.upstream.calls().size();

        fixture.upstream.last().reply().complete(HeldService.reply(503, "no", Map.of()));

        assertThat(body(lenient.result())).isEqualTo("old");
        assertThat(fixture.upstream.calls()).hasSize(calls + 1);
        assertThat(fixture.upstream.last().request().body().clientGone()).isFalse();
        fixture.upstream.last().answer("new");
        assertThat(body(strict.result())).isEqualTo("new");
    }

    @Test
    void a404_isCached_ifNotFoundForIsSet() {
        ListSettings lists = new ListSettings(FRESH, REVALIDATE, ERROR);
        CacheFixture remembering = new CacheFixture(
                TestSettings.with(CacheFixture.settings(1 << 20, lists), "notFoundFor", Duration.ofSeconds(5)));
        remembering.askAndAnswer(MEMBERS, HeldService.reply(404, "no", Map.of()));

        Reply again = remembering.askAndAnswer(MEMBERS, "list");
        remembering.pass(Duration.ofSeconds(5));
        Reply later = remembering.askAndAnswer(MEMBERS, "list");

        assertThat(again.status()).isEqualTo(404);
        assertThat(status(again)).isEqualTo("botgate; hit; ttl=5");
        assertThat(body(later)).isEqualTo("list");
        remembering.verify();
    }
}
