package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.lines;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that have a validator, and conditional and HEAD requests; fresh for 60 s, stale for 30 s. */
class ValidationTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");
    private static final CacheRequest HEAD = MEMBERS.by("HEAD");
    private static final Duration FRESH = Duration.ofMinutes(1);

    @RegisterExtension
    final CacheFixture fixture =
            new CacheFixture(new ListSettings(FRESH, Duration.ofSeconds(30), Duration.ofSeconds(30)));

    @Test
    void aListWithATag_isAskedForByIt_and304RenewsIt() {
        fixture.askAndAnswer(MEMBERS, tagged("old", "\"1\""));
        fixture.pass(FRESH.plusSeconds(40));

        Reply renewed = fixture.askAndAnswer(MEMBERS, notModified(Map.of("ETag", "\"1\"", "Date", "later")));
        Reply next = fixture.askAndAnswer(MEMBERS, "");

        assertThat(sent().getAll("If-None-Match")).containsExactly("\"1\"");
        assertThat(renewed.status()).isEqualTo(200);
        assertThat(body(renewed)).isEqualTo("old");
        assertThat(status(renewed)).isEqualTo("botgate; fwd=stale; fwd-status=304; stored");
        assertThat(lines(next))
                .containsExactlyInAnyOrder(
                        "Content-Type: text/json",
                        "ETag: \"1\"",
                        "Date: later",
                        "Age: 0",
                        "Cache-Status: botgate; hit; ttl=60");
        assertThat(fixture.meters
                        .get("botgate.cache.load")
                        .tag("result", "renewed")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aListWithLastModifiedOnly_isValidatedByIt() {
        fixture.askAndAnswer(MEMBERS, HeldService.reply(200, "old", Map.of("Last-Modified", "yesterday")));
        fixture.pass(FRESH.plusSeconds(40));

        Reply renewed = fixture.askAndAnswer(MEMBERS, notModified(Map.of()));

        assertThat(sent().get("If-Modified-Since")).isEqualTo("yesterday");
        assertThat(body(renewed)).isEqualTo("old");
    }

    @Test
    void theRefreshOfAStaleList_isConditionalToo() {
        fixture.askAndAnswer(MEMBERS, tagged("old", "\"1\""));
        fixture.pass(FRESH);
        fixture.askAndAnswer(MEMBERS, notModified(Map.of()));

        assertThat(status(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("botgate; hit; ttl=60");
    }

    @Test
    void aListWithNoCache_isValidatedAtEachRequest() {
        Reply list = HeldService.reply(200, "list", Map.of("Cache-Control", "no-cache", "ETag", "\"1\""));
        fixture.askAndAnswer(MEMBERS, list);

        assertThat(body(fixture.askAndAnswer(MEMBERS, notModified(Map.of())))).isEqualTo("list");
        assertThat(body(fixture.askAndAnswer(MEMBERS, notModified(Map.of())))).isEqualTo("list");
        assertThat(fixture.upstream.calls()).hasSize(3);
    }

    @Test
    void aReload_isConditional_andItsListIsStored() {
        fixture.askAndAnswer(MEMBERS, tagged("old", "\"1\""));

        Reply anew = fixture.askAndAnswer(MEMBERS.with("Cache-Control", "no-cache"), notModified(Map.of()));

        assertThat(status(anew)).isEqualTo("botgate; fwd=request; fwd-status=304; stored");
        assertThat(body(anew)).isEqualTo("old");
    }

    @Test
    void aListThatWasDroppedMeanwhile_isNotRenewed() {
        fixture.askAndAnswer(MEMBERS, tagged("old", "\"1\""));
        Future<Reply> anew = fixture.ask(MEMBERS.with("Cache-Control", "no-cache"));
        fixture.cache.invalidate(new Invalidation("teams", "19:x"));
        fixture.upstream.last().reply().complete(notModified(Map.of()));

        Reply next = fixture.askAndAnswer(MEMBERS, "new");

        assertThat(body(anew.result())).isEqualTo("old");
        assertThat(body(next)).isEqualTo("new");
        assertThat(sent().contains("If-None-Match")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'\"1\"', true",
        "'W/\"1\"', true",
        "'\"0\", \"1\"', true",
        "'\"0,\", W/\"1\"', true",
        "*, true",
        "'\"2\"', false",
        "'\"11\"', false",
        "1, false",
        "'\"1', false"
    })
    void theClientsIfNoneMatch_isAnsweredFromTheCache(String condition, boolean matches) {
        fixture.askAndAnswer(MEMBERS, tagged("list", "\"1\""));

        Reply reply = fixture.askAndAnswer(MEMBERS.with("If-None-Match", condition), "");

        assertThat(fixture.upstream.calls()).hasSize(1);
        assertThat(reply.status()).isEqualTo(matches ? 304 : 200);
        if (matches) {
            assertThat(reply.body()).isEqualTo(new ReplyBody.Absent(-1));
            assertThat(lines(reply))
                    .containsExactlyInAnyOrder("ETag: \"1\"", "Age: 0", "Cache-Status: botgate; hit; ttl=60");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "*"})
    void withoutACachedList_theWholeListIsLoaded_andThenIfNoneMatchAnswered(String condition) {
        CacheRequest conditional = MEMBERS.with("If-None-Match", condition).with("If-Modified-Since", "yesterday");

        Reply reply = fixture.askAndAnswer(conditional, tagged("list", "\"1\""));

        assertThat(sent().contains("If-None-Match")).isFalse();
        assertThat(sent().contains("If-Modified-Since")).isFalse();
        assertThat(reply.status()).isEqualTo(304);
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("list");
    }

    @Test
    void anErrorReply_neverMatchesIfNoneMatch() {
        Reply reply = fixture.askAndAnswer(MEMBERS.with("If-None-Match", "*"), HeldService.reply(404, "no", Map.of()));

        assertThat(reply.status()).isEqualTo(404);
    }

    @Test
    void aCachedList_answersHead() {
        fixture.askAndAnswer(MEMBERS, "list");

        Reply head = fixture.askAndAnswer(HEAD, "");

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEqualTo(new ReplyBody.Absent(4));
        assertThat(status(head)).isEqualTo("botgate; hit; ttl=60");
    }

    @Test
    void aStaleList_answersHead_andIsLoadedAgainByGet() {
        fixture.askAndAnswer(MEMBERS, "list");
        fixture.pass(FRESH);

        Reply head = fixture.askAndAnswer(HEAD, "new");

        assertThat(head.body()).isEqualTo(new ReplyBody.Absent(4));
        assertThat(fixture.upstream.last().request().head().method()).isEqualTo("GET");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
    }

    @Test
    void withoutACachedList_headIsForwarded_andNothingIsStored() {
        Identified request = HEAD.request();

        Future<Reply> head = fixture.filter.apply(request, fixture.upstream);
        fixture.upstream.last().answer("");

        assertThat(fixture.upstream.last().request()).isSameAs(request);
        assertThat(status(head.result())).isEqualTo("botgate; fwd=uri-miss");
        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    @Test
    void aRefusalOfHead_dropsTheListToo() {
        fixture.askAndAnswer(MEMBERS, "list");

        fixture.askAndAnswer(HEAD.with("Cache-Control", "no-cache"), HeldService.reply(403, "", Map.of()));

        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    private MultiMap sent() {
        return fixture.upstream.last().request().head().headers();
    }

    private static Reply tagged(String list, String tag) {
        return HeldService.reply(200, list, Map.of("Content-Type", "text/json", "ETag", tag));
    }

    private static Reply notModified(Map<String, String> headers) {
        return HeldService.reply(304, "", headers).withBody(new ReplyBody.Absent(-1));
    }
}
