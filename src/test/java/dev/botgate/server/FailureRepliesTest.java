package dev.botgate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailureRepliesTest {
    @Test
    void aFailuresHeadersReachTheClient() {
        GatewayException throttled = new GatewayException(
                Failure.THROTTLED, "Wait", Duration.ofMillis(1_001), Map.of("RateLimit", "\"default\";r=0;t=2"));

        Reply reply = FailureReplies.of(throttled, "request-1");

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.headers().get("Retry-After")).isEqualTo("2");
        assertThat(reply.headers().get("RateLimit")).isEqualTo("\"default\";r=0;t=2");
    }
}
