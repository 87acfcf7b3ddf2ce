package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream.Request;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection to the upstream goes to the next request only where it is certain what comes on it. */
class UpstreamConnectionsTest extends GatewayTestBase {
    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("SERVER_EVENT_LOOPS", "1")
                .set("UPSTREAM_MAXIMUM_CONNECTIONS", "1")
                .set("UPSTREAM_RETRY_MAXIMUM_ATTEMPTS", "1")
                .set("NORMALIZE_MAXIMUM_BODY_BYTES", "16MiB");
    }

    @Test
    void anUpgradeThatNobodyAskedFor_givesNobodyAnothersReply() {
        CountDownLatch gate = new CountDownLatch(1);
        upstream()
                .play(
                        Script.head("HTTP/1.1 101 Switching Protocols")
                                .then(
                                        new Step.Await(gate),
                                        new Step.Write(
                                                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n[{\"id\":\"a\"}]")),
                        Script.reply(200, "[{\"id\":\"b\"}]"));
        String members = "GET /v3/conversations/upgraded/members";
        try (Raw first = Raw.connect(gateway().address());
                Raw second = Raw.connect(gateway().address())) {
            Raw.Reply broken =
                    first.send(request(members, "", "Authorization: Bearer a")).next();
            second.send(request(members, "", "Authorization: Bearer b"));
            gate.countDown();
            Raw.Reply own = second.next();

            assertThat(own.text()).isEqualTo("[{\"id\":\"b\"}]");
            assertThat(broken.status()).isEqualTo(502);
            assertThat(code(broken)).isEqualTo("UpstreamReplyBroken");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 199})
    void anInterimReply_isPassedOver(int status) {
        upstream().play(Script.informational(status, "{\"id\":\"1\"}"), Script.reply(200, "{\"id\":\"2\"}"));
        try (Raw client = Raw.connect(gateway().address())) {
            assertThat(client.send(request(SEND, HELLO, JSON)).next().text()).isEqualTo("{\"id\":\"1\"}");
            assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
            assertThat(client.send(Raw.request(SEND + " HTTP/1.1", List.of(JSON), HELLO))
                            .next()
                            .text())
                    .isEqualTo("{\"id\":\"2\"}");
        }
        assertThat(upstream().take().connection()).isEqualTo(upstream().take().connection());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
                "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nHTTP/1.1 418 Evil\r\nX-Evil: 1\r\nX-Eat: ",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 418 Evil\r\nX-Evil: 1\r\nX-Eat: "
            })
    void bytesThatFollowAReply_areNoReplyToTheNextRequest(String replyAndMore) {
        upstream().play(Script.exactly(replyAndMore), Script.reply(200, "{\"id\":\"2\"}"));
        var unused = gateway().ask(Raw.request("DELETE /v3/conversations/c/activities/a HTTP/1.1", List.of(), ""));

        Raw.Reply reply = ask(SEND, HELLO, JSON);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"id\":\"2\"}");
        assertThat(gateway().closedEntry(requestId()).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Connection: close, X-Foo", "Connection: X-Foo, CLOSE", "Connection: X-Foo\r\nConnection: close"
            })
    void aConnectionThatTheUpstreamWillClose_isNotUsedAgain(String closing) {
        upstream()
                .play(
                        Script.exactly("HTTP/1.1 200 OK\r\n" + closing + "\r\nContent-Length: 2\r\n\r\n{}"),
                        Script.reply(200, "{}"));

        Raw.Reply reply = ask(SEND, HELLO, JSON);
        int used = upstream().take().connection();

        assertThat(reply.text()).isEqualTo("{}");
        assertThat(ask(SEND, HELLO, JSON).text()).isEqualTo("{}");
        assertThat(upstream().take().connection()).isNotEqualTo(used);
    }

    @Test
    void aLargeHeldBody_arrivesAsItIs_andTheConnectionIsKept() {
        upstream().play(Script.reply(200, "{}"));
        String large = "{\"type\":\"message\",\"text\":\"" + "0123456789".repeat(150_001) + "\"}";

        assertThat(ask(SEND, large, JSON).text()).isEqualTo("{}");
        Request first = upstream().take();
        assertThat(first.body()).isEqualTo(large);
        assertThat(first.all("Content-Length")).containsExactly(Integer.toString(large.length()));
        assertThat(ask(SEND, HELLO, JSON).text()).isEqualTo("{}");
        assertThat(upstream().take().connection()).isEqualTo(first.connection());
    }

    @Test
    void aReplyBeforeAllOfALargeHeldBody_isTold() {
        upstream()
                .play(
                        Script.of(
                                new Step.ReadHead(),
                                new Step.Write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
                                new Step.Freeze()),
                        Script.reply(200, "{}"));
        String large = "{\"type\":\"message\",\"text\":\"" + "0".repeat(15_000_000) + "\"}";

        assertThat(ask(SEND, large, JSON).status()).isEqualTo(413);
        assertThat(ask(SEND, HELLO, JSON).text()).isEqualTo("{}");
    }
}
