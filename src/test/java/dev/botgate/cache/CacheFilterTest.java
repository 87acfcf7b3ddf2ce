package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.TIME_TO_LIVE;
import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.lines;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.testing.TestSettings;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFilterTest {
    private static final String MEMBERS = "/v3/conversations/19:x/members";

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {
                MEMBERS,
                "/v3/conversations/19:x/activities/1/members",
                "/v3/conversations/19:x/pagedMembers?pageSize=50&continuationToken=t"
            })
    void aSecondRequestForAList_isAnsweredFromTheCache(String uri) {
        Reply first = fixture.askAndAnswer(CacheRequest.get(uri), "list");

        Reply second = fixture.askAndAnswer(CacheRequest.get(uri), "another list");

        assertThat(fixture.upstream.calls()).hasSize(1);
        assertThat(body(second)).isEqualTo("list");
        assertThat(status(first)).isEqualTo("botgate; fwd=uri-miss; stored");
        assertThat(status(second)).isEqualTo("botgate; hit; ttl=300");
        assertThat(fixture.count("miss")).isEqualTo(1);
        assertThat(fixture.count("hit")).isEqualTo(1);
    }

    @Test
    void requestsForOtherResources_areForwardedUnchanged() {
        Identified request = CacheRequest.get("/v3/conversations").request();
        Reply answer = HeldService.ok("conversations");

        Future<Reply> reply = fixture.filter.apply(request, fixture.upstream);
        fixture.upstream.last().reply().complete(answer);

        assertThat(fixture.upstream.last().request()).isSameAs(request);
        assertThat(reply.result()).isSameAs(answer);
    }

    @Test
    void theUpstreamGetsTheClientsRequest() {
        Identified request =
                CacheRequest.get(MEMBERS).with("traceparent", "00-1").request();

        Future<Reply> reply = fixture.filter.apply(request, fixture.upstream);
        fixture.upstream.last().answer("list");

        assertThat(reply.succeeded()).isTrue();
        assertThat(fixture.upstream.last().request()).isEqualTo(request.shared(false));
    }

    @Test
    void aHit_isTheOriginalReply_withItsAge() {
        Reply answer = HeldService.reply(
                200, "list", Map.of("Content-Type", "text/json", "Date", "today", "x-ms-request-id", "r1", "Age", "7"));
        answer.headers().add("Warning", "one").add("Warning", "two").add("Cache-Status", "cdn; hit");
        Reply first = fixture.askAndAnswer(CacheRequest.get(MEMBERS), answer);
        fixture.pass(Duration.ofMillis(60_900));

        Reply hit = fixture.askAndAnswer(CacheRequest.get(MEMBERS), "another list");

        assertThat(first.headers().get("Age")).isEqualTo("7");
        assertThat(first.headers().getAll("Cache-Status")).containsExactly("cdn; hit", "botgate; fwd=uri-miss; stored");
        assertThat(hit.status()).isEqualTo(200);
        assertThat(hit.reason()).isEqualTo("Reason");
        assertThat(lines(hit))
                .containsExactlyInAnyOrder(
                        "Content-Type: text/json",
                        "Date: today",
                        "x-ms-request-id: r1",
                        "Warning: one",
                        "Warning: two",
                        "Age: 67",
                        "Cache-Status: cdn; hit",
                        "Cache-Status: botgate; hit; ttl=232");
    }

    @Test
    void changingOneReply_doesNotChangeOthers() {
        Reply answer = HeldService.ok("list");
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), answer).headers().set("Content-Type", "mine");
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "").headers().set("Content-Type", "mine");

        Reply hit = fixture.askAndAnswer(CacheRequest.get(MEMBERS), "");

        assertThat(hit.headers().get("Content-Type")).isEqualTo("application/json");
        assertThat(lines(answer)).containsExactly("Content-Type: application/json");
    }

    @Test
    void aListIsGivenForFreshFor_andNotLonger() {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "list");
        fixture.pass(TIME_TO_LIVE.minusNanos(1));

        Reply last = fixture.askAndAnswer(CacheRequest.get(MEMBERS), "another list");
        fixture.pass(Duration.ofNanos(1));
        Reply next = fixture.askAndAnswer(CacheRequest.get(MEMBERS), "another list");

        assertThat(status(last)).isEqualTo("botgate; hit; ttl=0");
        assertThat(body(next)).isEqualTo("another list");
        assertThat(fixture.meters
                        .get("botgate.cache.evictions")
                        .tag("cause", "expired")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theAgeOfAList_countsFromTheStartOfItsLoad() {
        Future<Reply> slow = fixture.ask(CacheRequest.get(MEMBERS));
        fixture.pass(TIME_TO_LIVE.minusSeconds(1));
        fixture.upstream.last().answer("list");
        fixture.pass(Duration.ofSeconds(1));

        Reply next = fixture.askAndAnswer(CacheRequest.get(MEMBERS), "another list");

        assertThat(status(slow.result())).isEqualTo("botgate; fwd=uri-miss; stored");
        assertThat(body(next)).isEqualTo("another list");
    }

    @Test
    void aListThatIsTooOldOnArrival_isNotStored() {
        Reply old = HeldService.reply(200, "list", Map.of("Age", "300"));

        Reply first = fixture.askAndAnswer(CacheRequest.get(MEMBERS), old);

        assertThat(status(first)).isEqualTo("botgate; fwd=uri-miss; detail=out-of-date");
        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control | no-cache | no-cache",
                "Cache-Control | no-cache=\"Set-Cookie\", max-age=60 | no-cache",
                "Cache-Control | no-store, no-cache | no-store",
                "Cache-Control | max-age=0 | out-of-date",
                "Expires | -1 | out-of-date",
                "Set-Cookie | a=b | set-cookie",
                "Vary | Cookie | vary"
            })
    void cacheStatusSaysWhyAListIsNotStored(String header, String value, String reason) {
        ListSettings neverStale = CacheFixture.only(TIME_TO_LIVE);
        CacheFixture own = new CacheFixture(neverStale);

        Reply reply =
                own.askAndAnswer(CacheRequest.get(MEMBERS), HeldService.reply(200, "list", Map.of(header, value)));

        assertThat(status(reply)).isEqualTo("botgate; fwd=uri-miss; detail=" + reason);
        assertThat(own.meters
                        .get("botgate.cache.not.stored")
                        .tag("reason", reason)
                        .counter()
                        .count())
                .isEqualTo(1);
        own.verify();
    }

    @Test
    void repliesOtherThanLists_areNotCountedAsNotStored() {
        Reply refused = fixture.askAndAnswer(CacheRequest.get(MEMBERS), HeldService.reply(403, "no", Map.of()));

        assertThat(status(refused)).isEqualTo("botgate; fwd=uri-miss");
    }

    @Test
    void whereNoCacheIsIgnored_aListIsStored() {
        CacheFixture own = new CacheFixture(ignoringNoCacheOf("teams"));
        Map<String, String> uncached =
                Map.of("Cache-Control", "no-cache", "Pragma", "no-cache", "Expires", "-1", "Date", "today");
        Reply first = own.askAndAnswer(CacheRequest.get(MEMBERS), HeldService.reply(200, "list", uncached));
        own.pass(TIME_TO_LIVE.minusSeconds(1));

        Reply second = own.askAndAnswer(CacheRequest.get(MEMBERS), "");

        assertThat(status(first)).isEqualTo("botgate; fwd=uri-miss; stored");
        assertThat(status(second)).isEqualTo("botgate; hit; ttl=1");
        own.verify();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store, no-cache", "no-cache, max-age=0", "max-age=0"})
    void directivesBesideAnIgnoredNoCache_count(String said) {
        CacheFixture own = new CacheFixture(ignoringNoCacheOf("teams"));

        Reply first = own.askAndAnswer(
                CacheRequest.get(MEMBERS), HeldService.reply(200, "list", Map.of("Cache-Control", said)));

        assertThat(status(first)).doesNotContain("stored").doesNotContain("no-cache");
        own.verify();
    }

    @Test
    void theNoCacheOfOtherConnectors_isObeyed() {
        CacheFixture own = new CacheFixture(ignoringNoCacheOf("slack"));

        Reply first = own.askAndAnswer(
                CacheRequest.get(MEMBERS), HeldService.reply(200, "list", Map.of("Cache-Control", "no-cache")));

        assertThat(status(first)).endsWith("detail=no-cache");
        own.verify();
    }

    private static CacheSettings ignoringNoCacheOf(String connector) {
        return TestSettings.with(
                CacheFixture.settings(1 << 20, CacheFixture.only(TIME_TO_LIVE)), "ignoreNoCache", List.of(connector));
    }

    @Test
    void eachOperation_hasItsOwnFreshFor() {
        CacheFixture own = new CacheFixture(TestSettings.with(
                CacheFixture.settings(1 << 20, CacheFixture.only(Duration.ofSeconds(10))),
                "activityMembers",
                CacheFixture.only(Duration.ofSeconds(20)),
                "pagedMembers",
                CacheFixture.only(Duration.ZERO)));
        String activity = "/v3/conversations/19:x/activities/1/members";
        own.askAndAnswer(CacheRequest.get(MEMBERS), "list");
        own.askAndAnswer(CacheRequest.get(activity), "list");
        Reply paged = own.askAndAnswer(CacheRequest.paged("19:x", "pageSize=50"), "list");
        own.pass(Duration.ofSeconds(10));

        assertThat(status(paged)).isEmpty();
        assertThat(status(own.askAndAnswer(CacheRequest.get(MEMBERS), "list"))).contains("uri-miss");
        assertThat(status(own.askAndAnswer(CacheRequest.get(activity), "list"))).isEqualTo("botgate; hit; ttl=10");
        own.verify();
    }

    @Test
    void withMaximumBytes0_nothingIsCached() {
        CacheFixture off = new CacheFixture(CacheFixture.settings(0, CacheFixture.only(TIME_TO_LIVE)));
        Reply answer = HeldService.ok("list");

        assertThat(off.askAndAnswer(CacheRequest.get(MEMBERS), answer)).isSameAs(answer);
        assertThat(off.askAndAnswer(CacheRequest.get(MEMBERS), answer)).isSameAs(answer);
        off.verify();
    }

    @Test
    void aRequestWithoutCredential_bypassesTheCache() {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "list of a");

        Reply nobodys = fixture.askAndAnswer(CacheRequest.get(MEMBERS).as(""), "list of nobody");

        assertThat(body(nobodys)).isEqualTo("list of nobody");
        assertThat(status(nobodys)).isEqualTo("botgate; fwd=bypass");
        assertThat(fixture.count("bypass")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "Range, bytes=0-1",
        "If-Modified-Since, yesterday",
        "If-Match, *",
        "Cache-Control, no-store",
        "Cache-Control, 'max-age=0, No-Store'",
        "Authorization, Bearer b"
    })
    void aRangeOrAnotherCondition_bypassesTheCache(String name, String value) {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "list");

        Reply other = fixture.askAndAnswer(CacheRequest.get(MEMBERS).with(name, value), "other");

        assertThat(body(other)).isEqualTo("other");
        assertThat(status(other)).isEqualTo("botgate; fwd=bypass");
        assertThat(body(fixture.askAndAnswer(CacheRequest.get(MEMBERS), ""))).isEqualTo("list");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 2})
    void aRequestWithABody_bypassesTheCache(long length) {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "list");

        Reply other = fixture.askAndAnswer(CacheRequest.get(MEMBERS).ofLength(length), "other");

        assertThat(status(other)).isEqualTo("botgate; fwd=bypass");
    }

    @Test
    void withNoCache_theListIsLoadedAgain_andStored() {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "old");

        Reply anew = fixture.askAndAnswer(CacheRequest.get(MEMBERS).with("Cache-Control", "no-cache"), "new");

        assertThat(body(anew)).isEqualTo("new");
        assertThat(status(anew)).isEqualTo("botgate; fwd=request; stored");
        assertThat(body(fixture.askAndAnswer(CacheRequest.get(MEMBERS), ""))).isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource({"401, another", "403, another", "404, another", "410, another", "500, old", "429, old", "503, old"})
    void aRefusedReload_dropsTheList_butAFailedOneDoesNot(int refusal, String then) {
        fixture.askAndAnswer(CacheRequest.get(MEMBERS), "old");
        CacheRequest anew = CacheRequest.get(MEMBERS).with("Cache-Control", "no-cache");

        Reply refused = fixture.askAndAnswer(anew, HeldService.reply(refusal, "no", Map.of()));

        assertThat(refused.status()).isEqualTo(refusal);
        assertThat(body(fixture.askAndAnswer(CacheRequest.get(MEMBERS), "another")))
                .isEqualTo(then);
    }
}
