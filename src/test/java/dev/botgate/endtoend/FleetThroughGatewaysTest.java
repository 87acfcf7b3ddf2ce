package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.gateway.GatewayFixture;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two whole gateways in front of one connector, and a real Redis between them. */
@ExtendWith(TestPostgres.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetThroughGatewaysTest {
    private TestRedis redis;
    private ScriptedUpstream upstream;
    private GatewayFixture one;
    private GatewayFixture other;

    @BeforeAll
    void start(TestDatabase database) {
        redis = new TestRedis();
        upstream = ScriptedUpstream.start(Script.reply(200, "[]"));
        one = gateway(database);
        other = gateway(database);
    }

    @AfterAll
    void close() {
        one.close();
        other.close();
        upstream.close();
        redis.close();
    }

    private GatewayFixture gateway(TestDatabase database) {
        return GatewayFixture.on(database)
                .connector("scripted", upstream.url())
                .set("REDIS_URL", "redis://127.0.0.1:" + redis.port())
                .set("REDIS_HEARTBEAT", "1s")
                .set("REDIS_COMMAND_TIMEOUT", "20s")
                .start();
    }

    @Test
    void aRemovalOnOne_isSeenOnTheOther_andAfterACutNothingFromBefore() {
        assertThat(status(other, "x")).contains("uri-miss");
        assertThat(status(other, "x")).contains("hit");

        assertThat(ask(one, "DELETE /v3/conversations/x/members/m").status()).isEqualTo(200);
        until(() -> status(other, "x").contains("uri-miss"));

        assertThat(status(other, "y")).contains("uri-miss");
        redis.kill();
        until(() -> hears(one) + hears(other) == 0);
        assertThat(ask(one, "DELETE /v3/conversations/y/members/m").status()).isEqualTo(200);
        assertThat(status(other, "y")).contains("hit");
        redis.start();
        until(() -> hears(one) + hears(other) == 2);
        assertThat(status(other, "y")).contains("uri-miss");

        assertThat(status(one, "z")).contains("uri-miss");
        Raw.Reply dropped = Raw.exchange(
                other.adminAddress(),
                Raw.request(
                        "DELETE /cache?conversation=z HTTP/1.1", List.of("Host: localhost", "Connection: close"), ""));
        assertThat(dropped.status()).isEqualTo(200);
        until(() -> status(one, "z").contains("uri-miss"));
    }

    private static double hears(GatewayFixture gateway) {
        return gateway.metric("botgate_fleet_connected");
    }

    private static String status(GatewayFixture gateway, String conversation) {
        return ask(gateway, "GET /v3/conversations/" + conversation + "/members")
                .header("Cache-Status")
                .orElseThrow();
    }

    private static Raw.Reply ask(GatewayFixture gateway, String methodAndTarget) {
        return gateway.ask(Raw.request(
                methodAndTarget + " HTTP/1.1", List.of("Authorization: Bearer a.b.c", "Connection: close"), ""));
    }
}
