package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.RequestHead;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.MatchSettings;
import dev.botgate.ratelimit.RateLimitSettings.PresetSettings;
import dev.botgate.testing.TestSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTableTest {
    private final LimitTable teams = new LimitTable(SampleSettings.of(Map.of(), List.of("teams")));

    private List<String> keys(RequestHead head, String bot) {
        return teams.request(head, LimitedCalls.bot(bot), 0).scopes().stream()
                .map(Scope::key)
                .toList();
    }

    @Test
    void theTeamsPresetIsTheDocumentedTable() {
        assertThat(teams.limits())
                .extracting(limit -> limit.name() + " " + new TreeSet<>(limit.countBy()) + " " + limit.windows())
                .containsExactly(
                        "teams-send [BOT, CONVERSATION] [7/1s, 8/2s, 60/30s, 1800/3600s]",
                        "teams-members [BOT, CONVERSATION] [14/1s, 16/2s, 120/30s, 3600/3600s]",
                        "teams-conversation-send [CONVERSATION] [14/1s, 16/2s]",
                        "teams-conversation-members [CONVERSATION] [28/1s, 32/2s]",
                        "teams-tenant [BOT, TENANT] [50/1s]");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v3/conversations/c/activities, teams-send|b|c teams-conversation-send|c teams-tenant|tenant-1|b",
        "POST, /v3/conversations/c/activities/a, teams-send|b|c teams-tenant|tenant-1|b",
        "POST, /v3/conversations, teams-send|b|- teams-conversation-send|- teams-tenant|tenant-1|b",
        "GET, /v3/conversations/c/members, teams-members|b|c teams-conversation-members|c teams-tenant|tenant-1|b",
        "GET, /v3/teams/t, teams-tenant|tenant-1|b",
        "GET, /v3/conversations/c/members/m, teams-tenant|tenant-1|b",
        "PUT, /v3/conversations/c/activities/a/reactions/like, teams-tenant|tenant-1|b",
        "POST, /v3/conversations//c/activities, teams-send|b|c teams-conversation-send|c teams-tenant|tenant-1|b",
        "DELETE, /v3/conversations/c%2factivities/1, teams-send|b|c teams-conversation-send|c teams-tenant|tenant-1|b",
        "GET, /v3/conversations/c/members., teams-members|b|c teams-conversation-members|c teams-tenant|tenant-1|b",
        "POST, /v3/conversations//activities, teams-tenant|tenant-1|b",
    })
    void aRequestTakesAPermitOfEveryLimitThatMatches(String method, String path, String expected) {
        assertThat(keys(LimitedCalls.head(method, path), "b")).containsExactly(expected.split(" "));
    }

    @Test
    void idsCannotStandForTwo() {
        assertThat(keys(LimitedCalls.send("a|b"), "x")).isNotEqualTo(keys(LimitedCalls.send("b"), "x|a"));
        assertThat(keys(LimitedCalls.send("c"), "x").get(0)).isEqualTo("teams-send|x|c");
        assertThat(keys(LimitedCalls.send("c|d"), "x").get(0)).isEqualTo("teams-send|x|c%7Cd");
    }

    @Test
    void aBotWithoutNameIsKnownByItsCredential() {
        Caller one = new Caller(null, null, "digest-1", false);
        Caller two = new Caller(null, null, "digest-2", false);

        assertThat(teams.request(LimitedCalls.send("c"), one, 0))
                .isNotEqualTo(teams.request(LimitedCalls.send("c"), two, 0));
    }

    @Test
    void theUpstreamsWordClosesTheNarrowestScope() {
        assertThat(LimitTable.narrowestScope(teams.request(LimitedCalls.send("c"), LimitedCalls.bot("b"), 0))
                        .key())
                .isEqualTo("teams-send|b|c");
    }

    @Test
    void whereNoLimitApplies_aCooldownHasAScopeOfItsOwn() {
        LimitTable none = new LimitTable(SampleSettings.of(Map.of(), List.of()));

        assertThat(none.request(LimitedCalls.send("c"), LimitedCalls.bot("b"), 0)
                        .scopes())
                .extracting(Scope::key)
                .containsExactly("upstream-throttle|teams|b|c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "7/s", "7/1s;8/2s", "7/1s,", "0/1s", "7/0s", "-1/1s", " "})
    void windowsThatCannotBeReadAreNamed(String windows) {
        assertThatThrownBy(() -> new LimitSettings(null, null, windows, null, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("windows: .* \\(expected: .*\\)");
    }

    @Test
    void whatALimitCannotCountByOrMatchIsNamed() {
        assertThatThrownBy(() -> new LimitSettings(null, List.of("user"), "7/1s", null, null, null))
                .hasMessage("count-by: \"user\" (expected: any of bot, tenant, conversation, upstream)");
        assertThatThrownBy(() -> new MatchSettings(List.of("Send"), null, null))
                .hasMessageStartingWith("operations: \"Send\" (");
    }

    @Test
    void anUnknownPresetIsNamed() {
        PresetSettings preset = new PresetSettings(List.of(), null, null, Duration.ZERO);

        assertThatThrownBy(
                        () -> TestSettings.with(TestSettings.PACKAGED.ratelimit(), "presets", Map.of("skype", preset)))
                .hasMessage("presets: skype (expected: one of teams)");
    }

    @Nested
    class BusyScopesTest {
        private static final Limit LIMIT = SampleLimits.shared("limit", "1/1s", Duration.ZERO);

        private final BusyScopes busy = new BusyScopes(0);

        @Test
        void ofManyMoreScopesThanAreKept_theBusiestAreKnown() {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 100_000; i++) {
                ask(i % 4 == 0 ? "busy " + i / 4 % 10 : "rare " + random.nextInt(50_000));
            }

            assertThat(busy.busiest(10)).allSatisfy(scope -> {
                assertThat(scope.scope()).startsWith("busy ");
                assertThat(scope.asked()).isEqualTo(2_500);
            });
        }

        @Test
        void scopesWithoutWindows_areListedOnlyIfTheyRefuse() {
            Scope word = new Scope(LIMIT.with(List.of()), "word");
            busy.count(SampleLimits.ask(1, word), false, 0);
            busy.count(SampleLimits.ask(1, word, new Scope(LIMIT, "limit")), false, 0);

            busy.count(SampleLimits.ask(1, word), true, 0);

            assertThat(busy.busiest(9))
                    .containsExactly(
                            new RateLimitSnapshot.BusyLine("limit", 1, 0),
                            new RateLimitSnapshot.BusyLine("word", 1, 1));
        }

        private void ask(String scope) {
            busy.count(SampleLimits.ask(1, new Scope(LIMIT, scope)), false, 0);
        }
    }
}
