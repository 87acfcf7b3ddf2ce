package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.testing.TestSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListStoreTest {
    private static final long AN_HOUR = 3_600_000_000_000L;
    private static final ListKey KEY =
            ListKey.of(CacheRequest.members("19:x").request()).orElseThrow();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListStore lists = new ListStore(1 << 20, this::nanoTime, new CacheMeters(registry), registry);
    private @Nullable Runnable meanwhile;

    /** The store reads the time while it puts a list: between its two checks of the generation. */
    private long nanoTime() {
        Runnable once = meanwhile;
        meanwhile = null;
        if (once != null) {
            once.run();
        }
        return 0;
    }

    private StoredReply list() {
        Load load = Load.begin(KEY, "digest", lists.generation(KEY), 0, CacheStatus.Why.MISS, null, false);
        Reply reply = HeldService.ok("before");
        return new StoredReply(
                load, reply, new ReplyBody.Whole(Buffer.buffer("before")), new Freshness(AN_HOUR, 0, 0, AN_HOUR), 0);
    }

    @Test
    void aListWhoseConversationIsInvalidatedDuringThePut_isNotStored() {
        StoredReply list = list();
        int[] dropped = {-1};
        meanwhile = () -> dropped[0] = lists.invalidate(new Invalidation(null, "19:x"));

        boolean kept = lists.put(KEY, list);

        assertThat(dropped).as("the drop came before the list was in").containsExactly(0);
        assertThat(kept).isFalse();
        assertThat(lists.stored().asMap()).isEmpty();
        assertThat(lists.generations()).isZero();
    }

    @Test
    void aListWhoseConversationIsNotInvalidated_isStored() {
        StoredReply list = list();
        int[] dropped = {-1};
        meanwhile = () -> dropped[0] = lists.invalidate(new Invalidation(null, "19:y"));

        assertThat(lists.put(KEY, list)).isTrue();

        assertThat(dropped).containsExactly(0);
        assertThat(Objects.requireNonNull(lists.get(KEY))).isSameAs(list);
    }

    @Nested
    class CacheSettingsTest {
        private static final Duration MINUTE = Duration.ofMinutes(1);

        @Test
        void invalidSettings_areRefusedByName() {
            assertThatThrownBy(() -> with("maximumBytes", -1L)).hasMessage("maximum-bytes: -1 (expected: >= 0)");
            assertThatThrownBy(() -> with("notFoundFor", MINUTE.negated()))
                    .hasMessageStartingWith("not-found-for: -60s (expected: ");
            assertThatThrownBy(() -> with("loadDeadline", Duration.ZERO))
                    .hasMessageStartingWith("load-deadline: 0s (expected: ");
            assertThatThrownBy(() -> new ListSettings(MINUTE.negated(), MINUTE, MINUTE))
                    .hasMessageStartingWith("fresh-for: -60s (expected: ");
            assertThatThrownBy(() -> new ListSettings(MINUTE, Duration.ofDays(366), MINUTE))
                    .hasMessage("stale-while-revalidate: 31622400s (expected: at most a year)");
            assertThatThrownBy(() -> new ListSettings(MINUTE, MINUTE, Duration.ofSeconds(Long.MAX_VALUE)))
                    .hasMessageStartingWith("stale-if-error: ");
        }

        private static CacheSettings with(String name, Object value) {
            return TestSettings.with(TestSettings.PACKAGED.cache(), name, value);
        }
    }

    @Nested
    class StoreDecisionTest {
        @ParameterizedTest
        @CsvSource({
            "STORE, Cache-Control, private",
            "STORE, Vary, Accept-Encoding",
            "STORE, Vary, 'accept, Authorization,accept-language'",
            "FORWARD, Cache-Control, no-store",
            "FORWARD, Cache-Control, 'private, No-Store'",
            "FORWARD, Vary, *",
            "FORWARD, Vary, 'Accept, X-Tenant'",
            "FORWARD, Set-Cookie, a=b"
        })
        void theHeadersOfTheReply_decideWhetherItIsStored(StoreDecision decision, String name, String value) {
            assertThat(decision(HeldService.reply(200, "list", Map.of(name, value))))
                    .isEqualTo(decision);
        }

        @Test
        void eachRepeatedHeaderCounts() {
            Reply reply = HeldService.ok("list");
            reply.headers().add("Vary", "Accept").add("Vary", "Cookie");

            assertThat(decision(reply)).isEqualTo(StoreDecision.FORWARD);
        }

        @ParameterizedTest
        @ValueSource(ints = {201, 202, 203, 204, 206, 301, 400, 401, 404, 429, 500, 503})
        void whatIsNo200_isNotKept(int status) {
            assertThat(decision(HeldService.reply(status, "", Map.of()))).isEqualTo(StoreDecision.SHARE);
        }

        @Test
        void aStreamedReply_isNotStored() {
            Reply whole = HeldService.ok("list");

            assertThat(decision(whole.withBody(new ReplyBody.Absent(4)))).isEqualTo(StoreDecision.SHARE);
            assertThat(decision(whole.withBody(new ReplyBody.Streamed(new Chunks(), -1, () -> {}))))
                    .isEqualTo(StoreDecision.FORWARD);
        }

        private static StoreDecision decision(Reply reply) {
            return StoreDecision.of(
                    reply, ListKey.of(CacheRequest.members("x").request()).orElseThrow(), false);
        }
    }
}
