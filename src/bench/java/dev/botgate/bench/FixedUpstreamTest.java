package dev.botgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link FixedUpstream}. */
class FixedUpstreamTest {
    private static final String CHUNKED =
            "POST /v3/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nx-count: 0\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    private static final String WHOLE = "POST /v3/x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    private static final String EMPTY = "GET /v3/x HTTP/1.1\r\nx-count: 0\r\n\r\n";

    @ParameterizedTest
    @ValueSource(strings = {CHUNKED, WHOLE, EMPTY})
    void howeverARequestIsSplit_itIsAnsweredOnceAtItsEnd(String request) {
        for (int i = 1; i < request.length(); i++) {
            for (int j = i; j < request.length(); j++) {
                FixedUpstream.Reading reading = new FixedUpstream.Reading();
                assertThat(ends(reading, request.substring(0, i))).isFalse();
                assertThat(ends(reading, request.substring(i, j))).isFalse();
                assertThat(ends(reading, request.substring(j))).isTrue();
            }
        }
    }

    private static boolean ends(FixedUpstream.Reading reading, String part) {
        return !part.isEmpty() && reading.ends(Buffer.buffer(part));
    }
}
