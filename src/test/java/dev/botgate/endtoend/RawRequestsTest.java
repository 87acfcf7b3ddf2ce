package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients send that no client library can say, and what comes back. */
class RawRequestsTest extends GatewayTestBase {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v3/conversations/19:abc@thread.tacv2;messageid=1234/activities",
                "/v3/conversations/19%3Aabc%40thread.tacv2%3bmessageid%3D1234/activities",
                "/v3/conversations/a|b/activities/f:|1?isTargetedActivity=true&x=%7C|;",
                "/amer/V3/Conversations/x/ACTIVITIES",
                "/v3/conversations/a%2Fb/activities?a=b?c='\"&=&&+",
                "/v3/conversations/x//activities",
                "//v3/conversations/x/activities/",
                "/v3/conversations/gr\u00c3\u00bc\u00c3\u009fe/activities",
                "/v3/conversations/%e4%f6/activities/{a}?^`[]",
                "/%76%33/conversations/x/%61ctivities?"
            })
    void theTarget_goesUpstreamByteForByte(String target) {
        Raw.Reply reply = ask("POST " + target, HELLO, JSON);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(upstream().take().requestLine()).isEqualTo("POST " + target + " HTTP/1.1");
        assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/V3/CONVERSATIONS/c/activities/HISTORY,SendConversationHistory",
        "POST,/v3/conversations/c/activities/histor%79,SendConversationHistory",
        "POST,/v3/conversations/c/activities/a,ReplyToActivity",
        "DELETE,/amer/v3/conversations/c/Members/m,DeleteConversationMember",
        "PUT,/v3/conversations/c/activities/a/reactions/r,other",
        "POST,/v1/meetings/m/notification,other",
        "PATCH,/v3/conversations/c/activities/a,other"
    })
    void whatChangesSomething_isRecordedUnderItsOperation(String method, String target, String operation) {
        String body = method.equals("DELETE") ? "" : HELLO;

        assertThat(ask(method + " " + target, body, JSON).status()).isEqualTo(200);

        assertThat(gateway().closedEntry(requestId()).intent().operation()).isEqualTo(operation);
    }

    @Test
    void aNamedConnector_isAskedBelowItsBaseUrl_andItsNameIsTakenOff() {
        Raw.Reply reply = ask("POST /sandbox/v3/conversations/c/activities", HELLO, JSON);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(gateway().sandbox().received().get(0).uri()).isEqualTo("/v3/conversations/c/activities");
        assertThat(gateway().closedEntry(requestId()).intent().upstream()).isEqualTo("sandbox");
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void repeatedHeaders_keepTheirOrderAndLetterCaseBothWays() {
        upstream()
                .play(Script.head(
                        "HTTP/1.1 200 OK",
                        "X-Two: a",
                        "Set-Cookie: one",
                        "x-TWO: b",
                        "Set-Cookie: two",
                        "X-Latin: caf\u00e9",
                        "X-Empty:",
                        "Content-Length: 0"));

        Raw.Reply reply = ask(SEND, HELLO, JSON, "X-One: 1", "x-oNE: 2, 3", "X-Empty:", "X-One: 4");

        Request arrived = upstream().take();
        assertThat(arrived.all("X-One")).containsExactly("1", "2, 3", "4");
        assertThat(arrived.headers()).contains(Map.entry("x-oNE", "2, 3"), Map.entry("X-Empty", ""));
        assertThat(reply.all("X-Two")).containsExactly("a", "b");
        assertThat(reply.headers()).contains(Map.entry("x-TWO", "b"), Map.entry("X-Empty", ""));
        assertThat(reply.all("Set-Cookie")).containsExactly("one", "two");
    }

    @Test
    void headersOutsideAscii_keepTheirBytes() {
        upstream().play(Script.head("HTTP/1.1 200 OK", "Content-Length: 0"));

        ask(SEND, HELLO, JSON, "X-Latin: caf\u00e9 \u00c3\u00bc");

        assertThat(upstream().take().all("X-Latin")).containsExactly("caf\u00e9 \u00c3\u00bc");
    }

    @Test
    void hopByHopHeaders_endHereBothWays() {
        upstream()
                .play(Script.head(
                        "HTTP/1.1 200 OK",
                        "Connection: X-Mine, keep-alive",
                        "X-Mine: 1",
                        "X-Yours: 2",
                        "Keep-Alive: timeout=5",
                        "Proxy-Authenticate: Basic",
                        "Upgrade: h2c",
                        "Trailer: X-T",
                        "Content-Length: 0"));

        Raw.Reply reply = ask(
                SEND,
                HELLO,
                JSON,
                "Connection: x-hop, TE, keep-alive",
                "Connection: X-Other-Hop",
                "X-Hop: 1",
                "X-Other-Hop: 2",
                "X-End: 3",
                "TE: trailers",
                "Keep-Alive: timeout=9",
                "Proxy-Authorization: Basic eDp5",
                "Proxy-Connection: keep-alive",
                "Upgrade: websocket",
                "Trailer: X-T");

        Request arrived = upstream().take();
        for (String hop : List.of(
                "Connection", "X-Hop", "X-Other-Hop", "TE", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection")) {
            assertThat(arrived.all(hop)).as(hop).isEmpty();
        }
        assertThat(arrived.all("Upgrade")).isEmpty();
        assertThat(arrived.all("Trailer")).isEmpty();
        assertThat(arrived.all("X-End")).containsExactly("3");
        for (String hop : List.of("X-Mine", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Trailer")) {
            assertThat(reply.all(hop)).as(hop).isEmpty();
        }
        assertThat(reply.all("X-Yours")).containsExactly("2");
    }

    @Test
    void theConnector_isToldWhoAsksAndOfWhom() {
        ask(SEND, HELLO, JSON, "Forwarded: for=6.6.6.6", "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil");

        Request arrived = upstream().take();
        assertThat(arrived.all("Host"))
                .containsExactly("127.0.0.1:" + upstream().url().getPort());
        assertThat(arrived.all("Forwarded")).containsExactly("for=127.0.0.1;host=\"botgate.test\";proto=http");
        assertThat(arrived.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(arrived.all("X-Forwarded-Host")).containsExactly("botgate.test");
        assertThat(arrived.all("X-Forwarded-Proto")).containsExactly("http");
    }

    @Test
    void theClientsRequestId_isPassedOnReturnedAndRecorded() {
        Raw.Reply reply = ask(SEND, HELLO, JSON, "traceparent: 00-1-2-01", "Authorization: Bearer a.b.c");

        Request arrived = upstream().take();
        assertThat(arrived.all("x-ms-client-request-id")).containsExactly(requestId());
        assertThat(arrived.all("traceparent")).containsExactly("00-1-2-01");
        assertThat(arrived.all("Authorization")).containsExactly("Bearer a.b.c");
        assertThat(reply.all("Botgate-Request-Id")).containsExactly(requestId());
        assertThat(gateway().entries(requestId())).hasSize(1);
    }

    @Test
    void whereNoRequestIdCame_oneIsMade() {
        Raw.Reply reply = gateway().ask(Raw.request(SEND + " HTTP/1.1", List.of(JSON), HELLO));

        String made = reply.header("Botgate-Request-Id").orElseThrow();
        assertThat(upstream().take().all("x-ms-client-request-id")).containsExactly(made);
        assertThat(gateway().closedEntry(made).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"418 I'm a teapot", "200 Alles klar", "599 ", "207 Multi-Status"})
    void statusAndReason_areTheUpstreams(String statusAndReason) {
        upstream().play(Script.exactly("HTTP/1.1 " + statusAndReason + "\r\nContent-Length: 2\r\n\r\n{}"));

        Raw.Reply reply = ask(SEND, HELLO, JSON);

        assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 " + statusAndReason);
        assertThat(reply.text()).isEqualTo("{}");
    }

    @Test
    void aRedirect_isTheClientsToFollow() {
        upstream().play(Script.head("HTTP/1.1 302 Found", "Location: http://127.0.0.1:1/steal", "Content-Length: 0"));

        Raw.Reply reply = ask("GET /v3/attachments/a/views/original", "");

        assertThat(reply.status()).isEqualTo(302);
        assertThat(reply.all("Location")).containsExactly("http://127.0.0.1:1/steal");
        assertThat(upstream().requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /v3/conversations/c/activities", "GET /v3/attachments/a/views/v"})
    void howTheUpstreamFramesItsReply_isItsOwnAffair(String methodAndTarget) {
        upstream()
                .play(
                        Script.chunked(List.of("{\"id\"", ":\"1\"}"), List.of("X-Trailer: t")),
                        Script.informational(103, "{\"id\":\"1\"}"),
                        Script.closeDelimited("{\"id\":\"1\"}"));
        try (Raw client = Raw.connect(gateway().address())) {
            for (int i = 0; i < 3; i++) {
                String body = methodAndTarget.startsWith("POST") ? HELLO : "";
                Raw.Reply reply =
                        client.send(request(methodAndTarget, body, JSON)).reply();

                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.text()).isEqualTo("{\"id\":\"1\"}");
                assertThat(reply.header("Link")).isEmpty();
            }
        }
    }

    @Test
    void aReplyToHead_tellsTheLengthAndHasNoBody() {
        upstream()
                .play(
                        Script.head("HTTP/1.1 200 OK", "Content-Type: image/png", "Content-Length: 77"),
                        Script.reply(200, "{\"id\":\"1\"}"));
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply head =
                    client.send(request("HEAD /v3/attachments/a/views/v", "")).replyToHead();
            Raw.Reply next = client.send(request(SEND, HELLO, JSON)).reply();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.all("Content-Length")).containsExactly("77");
            assertThat(next.text()).isEqualTo("{\"id\":\"1\"}");
        }
        assertThat(upstream().requests())
                .extracting(Request::requestLine)
                .first()
                .isEqualTo("HEAD /v3/attachments/a/views/v HTTP/1.1");
    }

    @Test
    void headOfAList_isForwardedAndNeverRecorded() {
        upstream().play(Script.head("HTTP/1.1 200 OK", "Content-Length: 5"));
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply head = client.send(request("HEAD /v3/conversations/c/members", "", "Authorization: Bearer x"))
                    .replyToHead();

            assertThat(head.all("Content-Length")).containsExactly("5");
        }
        assertThat(gateway().entries(requestId())).isEmpty();
    }

    @Test
    void aReplyWithoutBody_isGivenAsSuch() {
        upstream()
                .play(
                        Script.head("HTTP/1.1 204 No Content"),
                        Script.head("HTTP/1.1 304 Not Modified", "ETag: \"1\"", "Content-Length: 9"),
                        Script.reply(200, "{}"));
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply none = client.send(request("DELETE /v3/conversations/c/members/m", ""))
                    .reply();
            Raw.Reply unmodified = client.send(request("GET /v3/teams/t", "", "If-None-Match: \"1\""))
                    .reply();

            assertThat(none.statusLine()).isEqualTo("HTTP/1.1 204 No Content");
            assertThat(none.all("Content-Length")).isEmpty();
            assertThat(unmodified.status()).isEqualTo(304);
            assertThat(client.send(request("GET /v3/teams/t", "")).reply().text())
                    .isEqualTo("{}");
        }
    }

    @Test
    void options_areAnsweredHereWhereTheTwelveAre_andForwardedElsewhere() {
        Raw.Reply known = ask("OPTIONS /v3/conversations/c/activities/a", "");
        Raw.Reply all = ask("OPTIONS *", "");

        assertThat(known.status()).isEqualTo(204);
        assertThat(known.header("Allow").orElseThrow().split(", "))
                .containsExactlyInAnyOrder("OPTIONS", "POST", "PUT", "DELETE");
        assertThat(all.status()).isEqualTo(204);
        assertThat(upstream().requests()).isEmpty();

        assertThat(ask("OPTIONS /v3/teams/t", "").status()).isEqualTo(200);
        assertThat(upstream().take().requestLine()).isEqualTo("OPTIONS /v3/teams/t HTTP/1.1");
    }

    @ParameterizedTest
    @CsvSource({"BREW,501,MethodNotImplemented", "get,501,MethodNotImplemented", "TRACE,405,MethodNotAllowed"})
    void aMethodThatIsNotForwarded_isRefused(String method, int status, String code) {
        Raw.Reply reply = ask(method + " /v3/conversations/c/activities", "");

        assertThat(reply.status()).isEqualTo(status);
        assertThat(code(reply)).isEqualTo(code);
        assertThat(reply.header("Allow").orElseThrow()).contains("POST").doesNotContain(method);
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void aTunnelIsRefused() {
        String answer;
        try (Raw client = Raw.connect(gateway().address())) {
            client.send("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\nGET / HTTP/1.1\r\n\r\n");
            answer = new String(client.untilClosed(), StandardCharsets.UTF_8);
        }

        assertThat(answer)
                .startsWith("HTTP/1.1 405 ")
                .containsOnlyOnce("HTTP/1.1 ")
                .contains("Allow: GET");
        assertThat(answer).contains("\"code\":\"MethodNotAllowed\"");
        assertThat(upstream().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "TE, close", "Close,x-hop", "x-hop\r\nConnection: close"})
    void whoAsksToClose_isClosedAfterTheReply_whateverElseIsNamedBeside(String options) {
        String answer;
        try (Raw client = Raw.connect(gateway().address())) {
            client.send("GET /v3/attachments/a/views/v HTTP/1.1\r\nHost: localhost\r\nConnection: " + options
                    + "\r\nX-Hop: 1\r\n\r\n");
            answer = new String(client.untilClosed(), StandardCharsets.UTF_8);
        }

        assertThat(answer).startsWith("HTTP/1.1 200 ").containsIgnoringCase("\r\nconnection: close\r\n");
        Request arrived = upstream().take();
        assertThat(arrived.all("Connection")).isEmpty();
        assertThat(arrived.all("X-Hop")).hasSize(options.contains("x-hop") ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void aReplyWithoutLength_endsWithItsConnectionForHttp10(String keepAlive) {
        upstream().play(Script.chunked(List.of("bin", "ary"), List.of()));
        String answer;
        try (Raw client = Raw.connect(gateway().address())) {
            client.send("GET /v3/attachments/a/views/v HTTP/1.0\r\n" + keepAlive + "\r\n");
            answer = new String(client.untilClosed(), StandardCharsets.UTF_8);
        }

        assertThat(answer).startsWith("HTTP/1.0 200 ").endsWith("\r\n\r\nbinary");
        assertThat(answer).doesNotContainIgnoringCase("keep-alive");
    }

    @Test
    void aReplyWithLength_keepsAConnectionOfHttp10WhereItIsAskedTo() {
        try (Raw client = Raw.connect(gateway().address())) {
            for (int i = 0; i < 2; i++) {
                Raw.Reply reply = client.send(
                                "GET /v3/attachments/a/views/v HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                        .reply();

                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.all("Connection")).containsExactly("keep-alive");
                assertThat(reply.text()).isEqualTo("{\"id\":\"1\"}");
            }
        }
    }

    @Test
    void noInterimReplyIsSentToHttp10() {
        try (Raw client = Raw.connect(gateway().address())) {
            client.send(SEND + " HTTP/1.0\r\nExpect: 100-continue\r\n" + JSON + "\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(client.next().status()).isEqualTo(200);
        }
    }

    @Test
    void anEmptyBodyInChunks_isTreatedAsNone() {
        upstream().play(Script.reply(200, "{}"), Script.reply(200, "{}"));

        Raw.Reply declared = ask(SEND, "", JSON, "Content-Length: 0");
        Raw.Reply chunked = gateway().ask(request(SEND, "", JSON, "Transfer-Encoding: chunked") + "0\r\n\r\n");

        assertThat(chunked.status()).isEqualTo(declared.status());
        assertThat(chunked.text()).isEqualTo(declared.text());
        assertThat(upstream().take().body()).isEqualTo(upstream().take().body());
    }

    @Test
    void requestsInAPipeline_areAnsweredInTheirOrder() {
        upstream().play(Script.reply(200, "{\"id\":\"1\"}"), Script.reply(200, "{\"id\":\"2\"}"));
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request(SEND, HELLO, JSON) + request(SEND, HELLO, JSON));

            assertThat(client.reply().text()).isEqualTo("{\"id\":\"1\"}");
            assertThat(client.reply().text()).isEqualTo("{\"id\":\"2\"}");
        }
    }

    @Test
    void aClientOfHttp10_isAnsweredInItsWay() {
        upstream().play(Script.chunked(List.of("bin", "ary"), List.of()));
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply reply = client.send("GET /v3/attachments/a/views/v HTTP/1.0\r\n\r\n")
                    .reply();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.all("Transfer-Encoding")).isEmpty();
            assertThat(reply.text()).isEqualTo("binary");
        }
    }

    @Test
    void aTargetWithAHost_chosesNoHost() {
        assertThat(ask("GET http://evil.example/v3/teams/t?x", "").status()).isEqualTo(200);

        assertThat(upstream().take().requestLine()).isEqualTo("GET /v3/teams/t?x HTTP/1.1");
    }
}
