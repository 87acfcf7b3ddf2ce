package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cli.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Step;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection to the upstream goes to the next request only where it is certain what comes on it. */
class UpstreamConnectionsTest extends WholeGateway {
    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("SERVER_EVENT_LOOPS", "1")
                .set("UPSTREAM_MAXIMUM_CONNECTIONS", "1")
                .set("UPSTREAM_RETRY_MAXIMUM_ATTEMPTS", "1");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 102, 104, 199})
    void anInterimReplyThatIsNotUnderstood_givesNobodyAnothersReply(int status) {
        CountDownLatch gate = new CountDownLatch(1);
        upstream()
                .play(
                        Script.head("HTTP/1.1 " + status + " Wait")
                                .then(
                                        new Step.Await(gate),
                                        new Step.Write(
                                                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n[{\"id\":\"a\"}]")),
                        Script.reply(200, "[{\"id\":\"b\"}]"));
        String members = "GET /v3/conversations/c" + status + "/members";
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

    @Test
    void anInterimReplyBeforeAMutationsReply_leavesOpenWhetherItHappened() {
        upstream().play(Script.informational(102, "{\"id\":\"1\"}"), Script.reply(200, "{\"id\":\"2\"}"));
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply broken = client.send(request(SEND, HELLO, JSON)).next();

            assertThat(code(broken)).isEqualTo("UpstreamReplyBroken");
            assertThat(client.send(request(SEND, HELLO, JSON)).next().text()).isEqualTo("{\"id\":\"2\"}");
        }
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
}
