package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cli.GatewayFixture;
import dev.botgate.testing.Raw;
import org.junit.jupiter.api.Test;

/** A gateway whose process began less than a day ago. */
class StartThroughGatewayTest extends WholeGateway {
    private static final String BOT = "Authorization: Bearer bot.x.y";

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("RATELIMIT_QUIET_START", "1d")
                .set("RATELIMIT_LIMITS_DAILY_MATCH_OPERATIONS", "[SendToConversation]")
                .set("RATELIMIT_LIMITS_DAILY_WINDOWS", "5/1d")
                .set("RATELIMIT_LIMITS_WEEKLY_MATCH_OPERATIONS", "[ReplyToActivity]")
                .set("RATELIMIT_LIMITS_WEEKLY_WINDOWS", "20/7d");
    }

    private Raw.Reply ask(String path) {
        return ask("POST /v3/conversations/c/activities" + path, HELLO, JSON, BOT);
    }

    @Test
    void ofShortWindowsNothingIsGiven_andOfLongOnesATenth() {
        assertThat(ask("").status()).isEqualTo(429);

        assertThat(ask("/a").status()).isEqualTo(200);
        assertThat(ask("/a").status()).isEqualTo(200);
        assertThat(ask("/a").status()).isEqualTo(429);
    }
}
