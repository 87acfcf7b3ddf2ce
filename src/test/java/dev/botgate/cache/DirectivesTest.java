package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of the page {@code cache.md}, with lists that are fresh for 60 s, then stale for 30 s, or for 600 s on
 * errors.
 */
class DirectivesTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");

    @RegisterExtension
    final CacheFixture fixture =
            new CacheFixture(new ListSettings(Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMinutes(10)));

    // spotless:off
    @ParameterizedTest(name = "at {1} s, {0}: {2}")
    @CsvSource(delimiter = '|', value = {
        // The request's Cache-Control, the list's age in seconds, whether it is given at once
        "''                              |  59 | true",
        "''                              |  89 | true",
        "''                              |  90 | false",
        "no-cache                        |   0 | false",
        "max-age=10                      |  10 | true",
        "max-age=10                      |  11 | false",
        "'max-age=\"10\"'                |  10 | true",
        "max-age=soon                    |   1 | false",
        "max-age =10                     |   1 | false",
        "max-age= 10                     |   1 | false",
        "max-stale =5                    |  66 | false",
        "max-age=100                     |  59 | true",
        "max-age=100                     |  60 | false",
        "min-fresh=10                    |  49 | true",
        "min-fresh=10                    |  50 | true",
        "min-fresh=10                    |  51 | false",
        "min-fresh=0                     |  60 | false",
        "'min-fresh=10, min-fresh=30'    |  30 | true",
        "'min-fresh=10, min-fresh=30'    |  31 | false",
        "'min-fresh=30, min-fresh=10'    |  31 | false",
        "max-stale                       | 659 | true",
        "max-stale                       | 660 | false",
        "max-stale=5                     |  64 | true",
        "max-stale=5                     |  65 | true",
        "max-stale=5                     |  66 | false",
        "'max-stale, max-stale=5'        |  66 | false",
        "max-stale=3000                  | 659 | true",
        "max-stale=3000                  | 660 | false",
        "'max-age=10, max-stale=5'       |  10 | true",
        "'max-age=10, max-stale=5'       |  11 | false",
        "'max-age=100, max-stale=5'      |  65 | true",
        "'max-age=100, max-stale=5'      |  66 | false",
        "'max-age=100, max-stale'        | 100 | true",
        "'max-age=100, max-stale'        | 101 | false",
        "'min-fresh=10, max-stale=5'     |  50 | true",
        "'min-fresh=10, max-stale=5'     |  51 | false",
        "'no-cache, max-stale'           |   0 | false",
        "no-transform                    |  59 | true",
        "'max-age=100, MAX-AGE=10'       |  11 | false",
        "'unheard=\"of, no-cache\"'      |  59 | true"
    })
    // spotless:on
    void theDirectivesOfTheRequest_areObeyed(String wishes, int age, boolean atOnce) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(Duration.ofSeconds(age));

        Future<Reply> reply = fixture.ask(wishes.isEmpty() ? MEMBERS : MEMBERS.with("Cache-Control", wishes));

        assertThat(reply.isComplete()).isEqualTo(atOnce);
        if (!atOnce) {
            fixture.upstream.last().answer("new");
            assertThat(body(reply.result())).isEqualTo("new");
        }
    }

    // spotless:off
    @ParameterizedTest(name = "at {1} s, {0}: {2}")
    @CsvSource(delimiter = '|', value = {
        // The reply's headers, the list's age in seconds, whether it is given at once
        "Cache-Control: max-age=10, stale-while-revalidate=0       |  10 | false",
        "Cache-Control: max-age=3000                               |  89 | true",
        "Cache-Control: max-age=3000                               |  90 | false",
        "Cache-Control: s-maxage=10, stale-while-revalidate=0      |  10 | false",
        "Cache-Control: stale-while-revalidate=5                   |  64 | true",
        "Cache-Control: stale-while-revalidate=5                   |  65 | false",
        "Cache-Control: stale-while-revalidate=3000                |  90 | false",
        "Cache-Control: must-revalidate                            |  59 | true",
        "Cache-Control: must-revalidate                            |  60 | false",
        "Cache-Control: proxy-revalidate                           |  60 | false",
        "Cache-Control: no-cache                                   |   0 | false",
        "Cache-Control: no-cache=\"Set-Cookie\"                    |   0 | false",
        "Cache-Control: no-store                                   |   0 | false",
        "Cache-Control: private                                    |  59 | true",
        "Cache-Control: public, immutable, max-age=3000            |  90 | false",
        "Cache-Control: max-age=never                              |   0 | true",
        "Cache-Control: max-age =3000, stale-while-revalidate=0    |   0 | false",
        "Cache-Control: max-age= 3000, stale-while-revalidate=0    |   0 | false",
        "Cache-Control: max-age\t=\"3000\", stale-while-revalidate=0 |   0 | false",
        "Cache-Control: s-maxage =3000, stale-while-revalidate=0   |   0 | false",
        "Cache-Control: stale-while-revalidate =30                 |  60 | false",
        "Cache-Control: no-store =1                                |   0 | false",
        "Cache-Control: max-age=\"3000\" , public                   |  59 | true",
        "Expires: THU, 18 AUG 2050 02:01:18 GMT                    |  30 | false",
        "Expires: Thu, 18 Aug 2050 02:01:18 gmt                    |  30 | false",
        "Expires: -1                                               |  30 | false",
        "Expires: Sun, 06 Nov 1994 08:49:47 GMT                    |   9 | true",
        "Expires: Sun, 06 Nov 1994 08:49:47 GMT                    |  40 | false",
        "Expires: Sun, 06 Nov 1994 9:49:47 GMT                     |  30 | false",
        "Expires: Sunday, 06-Nov-94 08:49:47 GMT                   |   9 | true",
        "Expires: Sunday, 06-Nov-94 08:49:47 GMT                   |  40 | false",
        "Expires: Sun Nov  6 08:49:47 1994                         |   9 | true",
        "Expires: Sun Nov  6 08:49:47 1994                         |  40 | false",
        "Age: 59                                                   |   0 | true",
        "Age: 90                                                   |   0 | false",
        "Age: 7200, 0                                              |   0 | false",
        "Age: 0, 7200                                              |   0 | true",
        "Age: -90                                                  |   0 | true"
    })
    // spotless:on
    void theDirectivesOfTheReply_shortenTheMaximumAge_andNeverLengthenIt(String header, int age, boolean atOnce) {
        Map<String, String> headers = new HashMap<>(Map.of("Date", "Sun, 06 Nov 1994 08:49:37 GMT"));
        headers.put(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 2));
        fixture.askAndAnswer(MEMBERS, HeldService.reply(200, "old", headers));
        fixture.pass(Duration.ofSeconds(age));

        Future<Reply> reply = fixture.ask(MEMBERS);

        assertThat(reply.isComplete()).isEqualTo(atOnce);
        if (!atOnce) {
            fixture.upstream.last().answer("new");
        }
    }

    // spotless:off
    @ParameterizedTest(name = "by Date {0}, Age {1}, after {2} s: {3}")
    @CsvSource(delimiter = '|', value = {
        // The list came at 10:00:00 and is fresh for 60 s, then stale for 30 s
        "Tue, 01 Dec 2026 08:00:00 GMT  | ''  |   0 | false",
        "Tue, 01 Dec 2026 09:59:30 GMT  | ''  |  59 | true",
        "Tue, 01 Dec 2026 09:59:30 GMT  | ''  |  60 | false",
        "Tue, 01 Dec 2026 09:59:30 GMT  | 20  |  60 | false",
        "Tue, 01 Dec 2026 09:59:30 GMT  | 40  |  50 | false",
        "Tue, 01 Dec 2026 09:59:50 GMT  | ''  |  89 | true",
        "Tue, 01 Dec 2026 10:00:05 GMT  | ''  |  89 | true",
        "Tue, 01 Dec 2026 12:00:00 GMT  | ''  |  89 | true",
        "Sat, 01 Jan 0001 00:00:00 GMT  | ''  |   0 | false",
        "Tue, 01 DEC 2026 08:00:00 GMT  | ''  |  89 | true",
        "today                          | ''  |  89 | true"
    })
    // spotless:on
    void theAgeOfAList_isTheGreaterOfAgeAndTheTimeSinceDate(String date, String declared, int after, boolean atOnce) {
        fixture.wallClock = Instant.parse("2026-12-01T10:00:00Z");
        Map<String, String> headers = new HashMap<>(Map.of("Date", date, "Cache-Control", "max-age=3600"));
        if (!declared.isEmpty()) {
            headers.put("Age", declared);
        }
        fixture.askAndAnswer(MEMBERS, HeldService.reply(200, "old", headers));
        fixture.pass(Duration.ofSeconds(after));

        Future<Reply> reply = fixture.ask(MEMBERS);

        assertThat(reply.isComplete()).isEqualTo(atOnce);
        if (!atOnce) {
            fixture.upstream.last().answer("new");
        }
    }

    @Test
    void aListThatWasRenewedBy304WithoutDate_isNotAsOldAsItsFormerDate() {
        fixture.wallClock = Instant.parse("2026-12-01T10:00:00Z");
        fixture.askAndAnswer(
                MEMBERS,
                HeldService.reply(200, "old", Map.of("ETag", "\"1\"", "Date", "Tue, 01 Dec 2026 10:00:00 GMT")));
        fixture.pass(Duration.ofSeconds(91));
        fixture.wallClock = Instant.parse("2026-12-01T10:01:31Z");
        fixture.askAndAnswer(MEMBERS, HeldService.reply(304, "", Map.of("ETag", "\"1\"")));
        fixture.pass(Duration.ofSeconds(59));

        Reply reply = fixture.ask(MEMBERS).result();

        assertThat(reply.headers().get("Age")).isEqualTo("59");
    }

    @Test
    void repeatedExpires_isInThePast() {
        Reply twice = HeldService.reply(200, "old", Map.of("Date", "Sun, 06 Nov 1994 08:49:37 GMT"));
        twice.headers().add("Expires", "Sun, 06 Nov 1994 08:50:37 GMT").add("Expires", "Sun, 06 Nov 1994 08:50:37 GMT");
        fixture.askAndAnswer(MEMBERS, twice);
        fixture.pass(Duration.ofSeconds(30));

        Future<Reply> reply = fixture.ask(MEMBERS);

        assertThat(reply.isComplete()).isFalse();
        fixture.upstream.last().answer("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "no-cache", "stale-if-error=0"})
    void aListWithMustRevalidate_isNotGivenOnErrorsEither(String directive) {
        fixture.askAndAnswer(
                MEMBERS, HeldService.reply(200, "old", Map.of("Cache-Control", directive, "ETag", "\"1\"")));
        fixture.pass(Duration.ofSeconds(91));

        Reply reply = fixture.askAndAnswer(MEMBERS, HeldService.reply(503, "no", Map.of()));

        assertThat(reply.status()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-cache | false",
                "max-age=10 | false",
                "min-fresh=10 | false",
                "stale-if-error=99 | false",
                "stale-if-error=101 | true",
                "max-age=10, stale-if-error=101 | true",
                "max-age=10, max-stale | false",
                "max-age=160, max-stale | true",
                "max-stale=99 | false",
                "max-stale=100 | true",
                "no-cache, max-stale | false",
                "no-cache, stale-if-error=101 | true",
                "min-fresh=10, max-stale | false",
                "no-transform | true"
            })
    void onErrors_theDirectivesOfTheRequestAreObeyedToo(String wishes, boolean given) {
        fixture.askAndAnswer(MEMBERS, "old");
        fixture.pass(Duration.ofSeconds(160));

        Reply reply =
                fixture.askAndAnswer(MEMBERS.with("Cache-Control", wishes), HeldService.reply(503, "no", Map.of()));

        assertThat(reply.status()).isEqualTo(given ? 200 : 503);
    }

    @Test
    void whoWantsNothingFromTheUpstream_isGivenWhatThereIs_or504() {
        CacheRequest only = MEMBERS.with("Cache-Control", "only-if-cached");
        Future<Reply> nothing = fixture.ask(only);
        fixture.askAndAnswer(MEMBERS, "list");
        Reply fresh = fixture.askAndAnswer(only, "");
        fixture.pass(Duration.ofSeconds(61));
        Reply stale = fixture.askAndAnswer(only, "");
        fixture.pass(Duration.ofSeconds(100));
        Future<Reply> tooStale = fixture.ask(only);

        assertThat(fixture.upstream.calls()).hasSize(1);
        assertThat(((GatewayException) nothing.cause()).failure()).isEqualTo(Failure.NOT_CACHED);
        assertThat(nothing.cause()).hasMessageContaining("only-if-cached");
        assertThat(body(fresh)).isEqualTo("list");
        assertThat(body(stale)).isEqualTo("list");
        assertThat(tooStale.failed()).isTrue();
        assertThat(fixture.count("not-cached")).isEqualTo(2);
    }

    @Test
    void aReplyWithNoStore_dropsTheStoredList_andIsForOneClientOnly() {
        fixture.askAndAnswer(MEMBERS, "old");
        Future<Reply> anew = fixture.ask(MEMBERS.with("Cache-Control", "no-cache"));
        fixture.upstream.last().reply().complete(HeldService.reply(200, "secret", Map.of("Cache-Control", "no-store")));

        Reply next = fixture.askAndAnswer(MEMBERS, "new");

        assertThat(body(anew.result())).isEqualTo("secret");
        assertThat(body(next)).isEqualTo("new");
    }

    @Test
    void pragmaCounts_withoutCacheControl() {
        fixture.askAndAnswer(MEMBERS, "old");

        assertThat(status(fixture.askAndAnswer(MEMBERS.with("Pragma", "no-cache"), "new")))
                .isEqualTo("botgate; fwd=request; stored");
        assertThat(status(fixture.askAndAnswer(
                        MEMBERS.with("Pragma", "no-cache").with("Cache-Control", "max-age=100"), "")))
                .contains("hit");
    }

    @Test
    void aRequestWithMaxAge_joinsNoOlderLoad() {
        Future<Reply> before = fixture.ask(MEMBERS);
        fixture.pass(Duration.ofSeconds(5));

        Future<Reply> joined = fixture.ask(MEMBERS.with("Cache-Control", "max-age=5"));
        Future<Reply> own = fixture.ask(MEMBERS.with("Cache-Control", "max-age=4"));
        fixture.upstream.calls().get(1).answer("new");
        fixture.upstream.calls().get(0).answer("old");

        assertThat(body(before.result())).isEqualTo("old");
        assertThat(body(joined.result())).isEqualTo("old");
        assertThat(body(own.result())).isEqualTo("new");
    }
}
