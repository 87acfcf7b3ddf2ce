package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Peer;
import dev.botgate.upstream.UpstreamSettings.ForwardedPolicy;
import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;

class ForwardedHeadersTest {
    private static final Peer PEER = new Peer("10.0.0.7", "http", "gate:3980");

    @Test
    void replaceDropsWhatTheClientClaimed() {
        MultiMap headers = claimed();

        ForwardedHeaders.apply(ForwardedPolicy.REPLACE, headers, PEER);

        assertThat(headers.getAll("Forwarded")).containsExactly("for=10.0.0.7;host=\"gate:3980\";proto=http");
        assertThat(headers.get("X-Forwarded-For")).isEqualTo("10.0.0.7");
        assertThat(headers.get("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(headers.get("X-Forwarded-Host")).isEqualTo("gate:3980");
    }

    @Test
    void appendKeepsWhatTheClientClaimedInFront() {
        MultiMap headers = claimed();

        ForwardedHeaders.apply(ForwardedPolicy.APPEND, headers, PEER);

        assertThat(headers.getAll("Forwarded")).hasSize(2).first().isEqualTo("for=1.2.3.4");
        assertThat(headers.get("X-Forwarded-For")).isEqualTo("1.2.3.4, 10.0.0.7");
        assertThat(headers.get("X-Forwarded-Proto")).isEqualTo("https");
    }

    @Test
    void removeLeavesNothing() {
        MultiMap headers = claimed();

        ForwardedHeaders.apply(ForwardedPolicy.REMOVE, headers, PEER);

        assertThat(headers.isEmpty()).isTrue();
    }

    @Test
    void anIpv6AddressIsBracketedAndQuoted() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();

        ForwardedHeaders.apply(ForwardedPolicy.REPLACE, headers, new Peer("::1", "https", "gate"));

        assertThat(headers.get("Forwarded")).isEqualTo("for=\"[::1]\";host=\"gate\";proto=https");
    }

    private static MultiMap claimed() {
        return MultiMap.caseInsensitiveMultiMap()
                .add("Forwarded", "for=1.2.3.4")
                .add("X-Forwarded-For", "1.2.3.4")
                .add("X-Forwarded-Proto", "https");
    }
}
