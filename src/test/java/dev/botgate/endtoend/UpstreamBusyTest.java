package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When other requests have the connections to the upstream. */
class UpstreamBusyTest extends GatewayTestBase {
    private static final String UPLOAD = "POST /v3/teams/t HTTP/1.1\r\nHost: g\r\nContent-Length: 300000\r\n\r\n";
    private static final String DOWNLOAD = "GET /v3/attachments/a/views/v";
    private static final Script ANSWER = Script.reply(200, "{\"id\":\"1\"}");

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.named("twin", upstream().url())
                .set("SERVER_EVENT_LOOPS", "1")
                .set("UPSTREAM_MAXIMUM_CONNECTIONS", "2")
                .set("UPSTREAM_CONNECT_TIMEOUT", "2s")
                .set("CACHE_CONVERSATION_MEMBERS_FRESH_FOR", "0s");
    }

    @Test
    void aConnectionThatDoesNotBecomeFree_isNotTheConnectorsFault() {
        CountDownLatch gate = new CountDownLatch(1);
        Script halted = Script.exactly()
                .then(new Step.Await(gate), new Step.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
        upstream().play(halted, halted, ANSWER);
        try (Raw one = Raw.connect(gateway().address());
                Raw other = Raw.connect(gateway().address())) {
            one.send(request(SEND, HELLO, JSON));
            other.send(request(SEND, HELLO, JSON));
            until(() -> upstream().requests().size() == 2);

            Raw.Reply refused = gateway().ask(Raw.request("GET /v3/conversations HTTP/1.1", List.of(), ""));

            assertThat(refused.status()).isEqualTo(503);
            assertThat(code(refused)).isEqualTo("UpstreamBusy");
            gate.countDown();
            assertThat(one.reply().status()).isEqualTo(200);
            assertThat(other.reply().status()).isEqualTo(200);
        }
        assertThat(upstream().requests()).hasSize(2);
    }

    @Test
    void slowClientsOfWhatIsPassedThrough_leaveConnectionsToTheOperations() {
        upstream().play(ANSWER);
        int begun = upstream().begun();
        try (Raw slow = Raw.connect(gateway().address());
                Raw slower = Raw.connect(gateway().address())) {
            slow.send(UPLOAD + "x");
            until(() -> upstream().begun() > begun);
            slower.send(UPLOAD + "x");

            assertThat(ask(SEND, HELLO, JSON).status()).isEqualTo(200);
            assertThat(code(slower.reply())).isEqualTo("UpstreamBusy");
            slow.send("x".repeat(299_999));
            assertThat(slow.reply().status()).isEqualTo(200);
        }
        assertThat(ask(DOWNLOAD, "").status()).as("the place that was left").isEqualTo(200);
    }

    @Test
    void connectorsAtOneAddress_shareItsConnections() {
        upstream().play(ANSWER);
        int begun = upstream().begun();
        try (Raw slow = Raw.connect(gateway().address());
                Raw other = Raw.connect(gateway().address())) {
            slow.send(UPLOAD + "x");
            until(() -> upstream().begun() > begun);
            other.send(UPLOAD.replace("/v3", "/twin/v3") + "x");

            assertThat(ask(SEND, HELLO, JSON).status()).isEqualTo(200);
            assertThat(code(other.reply())).isEqualTo("UpstreamBusy");
        }
    }

    @Test
    void whoWaitsForAPlace_getsTheNextOne() {
        upstream().play(ANSWER);
        int begun = upstream().begun();
        try (Raw slow = Raw.connect(gateway().address());
                Raw next = Raw.connect(gateway().address())) {
            slow.send(UPLOAD + "x");
            until(() -> upstream().begun() > begun);
            next.send(request(DOWNLOAD, ""));

            slow.send("x".repeat(299_999));

            assertThat(slow.reply().status()).isEqualTo(200);
            assertThat(next.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatLeaves_leavesItsPlace() {
        for (int i = 0; i < 3; i++) {
            upstream().play(Script.halted("x", new CountDownLatch(1), "yz"), ANSWER);
            try (Raw gone = Raw.connect(gateway().address())) {
                gone.send(request(DOWNLOAD, ""));
                gone.readTo("\r\n\r\nx");
            }
            assertThat(ask(DOWNLOAD, "").text()).isEqualTo("{\"id\":\"1\"}");
            upstream().play(Script.cutHead());
            assertThat(ask("POST /v3/teams/t", "{}", JSON).status()).isEqualTo(502);
            upstream().play(Script.cutBody(100_000, "x"));
            try (Raw cut = Raw.connect(gateway().address())) {
                cut.send(request(DOWNLOAD, ""));
                assertThat(cut.untilClosed()).isNotEmpty();
            }
        }
    }
}
