package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.TIME_TO_LIVE;
import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The maximum size of the cache. */
class MaximumSizeTest {
    private static final int ROOM = 20_000;

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture(CacheFixture.settings(ROOM, CacheFixture.only(TIME_TO_LIVE)));

    @Test
    void howeverManyLists_theyTakeAtMostMaximumBytes() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            String list = "m".repeat(random.nextInt(6_000));
            assertThat(body(fixture.askAndAnswer(CacheRequest.members("19:" + i), list)))
                    .isEqualTo(list);
            fixture.verify();
        }

        assertThat(fixture.meters
                        .get("botgate.cache.evictions")
                        .tag("cause", "size")
                        .counter()
                        .count())
                .isPositive();
        until(() -> {
            System.gc();
            return fixture.cache.generations() < 50;
        });
    }

    @Test
    void aListLargerThanTheCache_evictsNoOther() {
        fixture.askAndAnswer(CacheRequest.members("19:x"), "list");

        Reply large = fixture.askAndAnswer(CacheRequest.members("19:y"), "m".repeat(ROOM));

        assertThat(status(large)).isEqualTo("botgate; fwd=uri-miss; detail=too-large");
        assertThat(body(large)).hasSize(ROOM);
        assertThat(status(fixture.askAndAnswer(CacheRequest.members("19:x"), "")))
                .contains("hit");
    }

    @Test
    void headersAndKeysCountTowardsTheSize() {
        CacheRequest asked = CacheRequest.paged("19:x", "continuationToken=" + "t".repeat(1_000))
                .with("Accept", "a".repeat(100));

        fixture.askAndAnswer(asked, HeldService.reply(200, "m".repeat(1_000), Map.of("X", "x".repeat(1_000))));

        assertThat(fixture.cache.stored().asMap().values()).singleElement().satisfies(list -> assertThat(list.weight())
                .isBetween(1_000L + 1_000 + 1_100, 10_000L));
    }
}
