package dev.botgate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.failure.GatewayException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadCheckTest {
    @ParameterizedTest
    @CsvSource({
        "/v3/conversations/19:a@b;c=1|2?x=%7C, /v3/conversations/19:a@b;c=1|2?x=%7C",
        "http://elsewhere.example/v3/conversations?a=b, /v3/conversations?a=b",
        "HTTPS://elsewhere.example?a=b, /?a=b",
        "http://elsewhere.example, /",
        "/v3/Ã¤, /v3/ä",
    })
    void aTargetBecomesItsRawPathAndQuery(String uri, String expected) {
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_1, uri, headers("Host", "gate")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"v3", "ftp://x/y", "/a#b", "/a\\b", "/a/../b", "/%2e%2e/b", "/a\tb", "gate:443", "*", "/\u00e4"})
    void aTargetThatTwoPartiesCouldReadDifferentlyIsRefused(String uri) {
        refused(HttpVersion.HTTP_1_1, uri, headers("Host", "gate"), "target|path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate", "gate:3980", "[::1]:80", "127.0.0.1", ""})
    void aHostIsANameOrAddressWithAnOptionalPort(String host) {
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_1, "/", headers("Host", host)))
                .isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a@b", "a:b", "a:123456", "a,b:1:2", "[::1"})
    void aMalformedHostIsRefused(String host) {
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", host), "Host");
    }

    @Test
    void hostIsOwedOnceByHttp11Only() {
        refused(HttpVersion.HTTP_1_1, "/", headers(), "Host header is missing");
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Host", "a"), "2 Host headers");
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_0, "/", headers())).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-http-method-override", "X-HTTP-Method", "X-Method-Override"})
    void aSecondMethodIsRefused(String name) {
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", name, "DELETE"), "names another method");
    }

    @Test
    void ambiguousFramingIsRefused() {
        refused(
                HttpVersion.HTTP_1_1,
                "/",
                headers("Host", "a", "Transfer-Encoding", "chunked", "Content-Length", "3"),
                "contradict");
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Transfer-Encoding", "gzip, chunked"), "chunked");
        refused(
                HttpVersion.HTTP_1_1,
                "/",
                headers("Host", "a", "Content-Length", "3", "Content-Length", "3"),
                "Content-Length");
    }

    @Test
    void anExpectationOtherThanContinueIsRefused() {
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Expect", "200-ok"), "100-continue");
    }

    private static void refused(HttpVersion version, String uri, MultiMap headers, String message) {
        assertThatThrownBy(() -> HeadCheck.target(version, uri, headers))
                .isInstanceOf(GatewayException.class)
                .hasMessageMatching("(?s).*(" + message + ").*");
    }

    private static MultiMap headers(String... namesAndValues) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }
}
