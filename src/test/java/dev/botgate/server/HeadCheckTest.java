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
    void http11NeedsOneHost_http10MayOmitIt() {
        refused(HttpVersion.HTTP_1_1, "/", headers(), "Host header is missing");
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Host", "a"), "2 Host headers");
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_0, "/", headers())).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-http-method-override",
                "X_HTTP_Method_Override",
                "X-HTTP_Method-OVERRIDE",
                "X-HTTP-Method",
                "x_http_method",
                "X-Method",
                "X_Method",
                "X-Method-Override",
                "X-Method_Override",
                "Method-Override",
                "METHOD_OVERRIDE",
                "X-Original-Method",
                "X_Original-Method",
                "X-Original-URL",
                "x_original_url",
                "X-Rewrite-URL",
                "X-Rewrite_Url"
            })
    void aSecondMethodOrTargetIsRefused(String name) {
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", name, "DELETE"), "names another");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a?_method=DELETE",
                "/a?x=1&_METHOD=put",
                "/a?x=1;_method=put",
                "/a?%5Fmethod",
                "/a?%5fm%65thod="
            })
    void aMethodInTheQueryIsRefused(String uri) {
        refused(HttpVersion.HTTP_1_1, uri, headers("Host", "a"), "_method");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a?method=DELETE", "/a?x=_method", "/a?x_method=1", "/a?_methods=1", "/_method", "/a?"})
    void aQueryThatOnlyResemblesAMethod_passes(String uri) {
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_1, uri, headers("Host", "a")))
                .isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization",
                "close, Authorization",
                "keep-alive,\tHOST ,",
                "Content-Length",
                "Content-Type",
                "content-encoding",
                "X-MS-Client-Request-Id",
                "Cookie",
                "Expect",
                "Accept",
                "Cache-Control",
                "Prefer",
                "Range",
                "If-None-Match",
                "If-Match",
                "X-Forwarded-For",
                "Forwarded"
            })
    void aConnectionThatNamesAHeaderWhichTheGatewayUses_isRefused(String connection) {
        refused(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Connection", connection), "Connection .* end-to-end");
        refused(
                HttpVersion.HTTP_1_1,
                "/",
                headers("Host", "a", "Connection", "close", "Connection", connection),
                "Connection .* end-to-end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"close", "Keep-Alive", "TE, close", "Upgrade, HTTP2-Settings", "X-Own", "", "authorizations"})
    void aConnectionThatNamesNone_passes(String connection) {
        assertThat(HeadCheck.target(HttpVersion.HTTP_1_1, "/", headers("Host", "a", "Connection", connection)))
                .isEqualTo("/");
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
