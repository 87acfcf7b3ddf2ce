package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;

class HeadersTest {
    @Test
    void hopByHopHeadersAndThoseThatConnectionNamesStay() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Connection", "keep-alive, X-Secret")
                .add("connection", "x-other")
                .add("Keep-Alive", "timeout=5")
                .add("x-secret", "1")
                .add("X-Other", "2")
                .add("TE", "trailers")
                .add("Upgrade", "websocket")
                .add("Transfer-Encoding", "chunked")
                .add("Accept", "a")
                .add("Accept", "b");

        MultiMap kept = Headers.endToEnd(headers);

        assertThat(kept.names()).containsExactly("Accept");
        assertThat(kept.getAll("Accept")).containsExactly("a", "b");
        assertThat(headers.entries()).hasSize(10);
    }
}
