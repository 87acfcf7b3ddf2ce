package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code upstream.unknown-routes: refuse}. */
class UnknownRoutesTest extends GatewayTestBase {
    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("UPSTREAM_UNKNOWN_ROUTES", "refuse");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v3/conversations//c/activities",
                "POST /v3/conversations/c/activities%20",
                "POST /v3/conversations/c/activities.",
                "POST /amer/v3/conversations/c/activities;x",
                "POST /v3/conversations/c%2factivities",
                "PATCH /v3/conversations/c/activities/a",
                "PUT /v3/conversations"
            })
    void anUnknownRoute_isRefused_andNothingIsRecordedOrForwarded(String methodAndTarget) {
        Raw.Reply refused = ask(methodAndTarget, HELLO, JSON);

        assertThat(refused.status()).isEqualTo(404);
        assertThat(code(refused)).isEqualTo("UnknownRoute");
        assertThat(gateway().entries(requestId())).isEmpty();
        assertThat(upstream().requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET /v3/conversations/c/members/m",
        "PUT /v3/conversations/c/activities/a/reactions/like",
        "DELETE /v3/conversations/c/activities/a/reactions/like",
        "GET /v3/teams/t",
        "POST /v3/conversations/c/activities/",
    })
    void aKnownRoute_passes(String methodAndTarget) {
        assertThat(ask(methodAndTarget, methodAndTarget.startsWith("POST") ? HELLO : "", JSON)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theMethodsOfAKnownPath_areToldStill() {
        assertThat(ask("OPTIONS /v3/conversations/c/activities", "").status()).isEqualTo(204);
    }
}
