package dev.botgate.server;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Reply;
import dev.botgate.server.ClientConnections.CloseReason;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timeout of a request's head. */
@ExtendWith(TestVertx.class)
class HeadTimeoutTest {
    private static final String POST = Raw.request("POST /echo HTTP/1.1", List.of(), "hello");

    private final ServerPlan plan = new ServerPlan();
    private int port;

    @BeforeEach
    void start(Vertx vertx) {
        plan.headTimeout(Duration.ofMillis(300));
        port = await(plan.of(vertx, HeadTimeoutTest::answer).start());
    }

    private static Future<Reply> answer(Arrival arrival) {
        return arrival.head().uri().equals("/early")
                ? Future.succeededFuture(ServerPlan.ok(Buffer.buffer("early")))
                : arrival.body().read(1_000).map(ServerPlan::ok);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n\r\n"})
    void aClientThatSendsNoHead_isDisconnectedWithoutAReply(String nothing) {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(nothing).untilClosed()).isEmpty();
        }
        assertThat(plan.closed(CloseReason.HEAD_TIMEOUT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-Long: aaaa"})
    void anIncompleteHead_isRefusedAfterTheTimeout(String half) {
        try (Raw client = Raw.connect(port)) {
            refused(client.send(half));
        }
    }

    @Test
    void anIncompleteLaterHead_isRefusedAfterTheTimeout() {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(POST).reply().text()).isEqualTo("hello");

            refused(client.send("GET / HTTP/1.1\r\n"));
        }
    }

    @Test
    void anIncompletePipelinedHead_isRefusedAfterTheTimeout() {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(POST + "GET / HTTP/1.1\r\n").reply().text()).isEqualTo("hello");

            refused(client);
        }
    }

    @Test
    void betweenRequests_aConnectionMayBeIdleForLonger() {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(POST).reply().text()).isEqualTo("hello");
            waitForTheHeadTimeout();

            assertThat(client.send("\r\n" + POST).reply().text()).isEqualTo("hello");
        }
    }

    @Test
    void theBody_hasItsOwnTimeout() {
        int split = POST.length() - 2;
        try (Raw client = Raw.connect(port)) {
            client.send(POST.substring(0, split));
            waitForTheHeadTimeout();

            assertThat(client.send(POST.substring(split)).reply().text()).isEqualTo("hello");
        }
    }

    @Test
    void theRestOfARequestThatWasAnsweredEarly_hasTheTimeoutOfAHead() {
        try (Raw client = Raw.connect(port)) {
            client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx");
            assertThat(client.reply().text()).isEqualTo("early");

            assertThat(client.untilClosed()).isEmpty();
        }
        until(() -> plan.connections() == 0);
        assertThat(plan.closed(CloseReason.HEAD_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void afterOptionsForAllWithABody_theConnectionIsClosedAtOnce() {
        try (Raw client = Raw.connect(port)) {
            client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx");
            assertThat(client.reply().status()).isEqualTo(204);

            assertThat(client.untilClosed()).isEmpty();
        }
        until(() -> plan.connections() == 0);
        assertThat(plan.closed(CloseReason.HEAD_TIMEOUT)).isZero();
    }

    @Test
    void afterARequestThatWasAnsweredEarly_theNextOneIsServed() {
        try (Raw client = Raw.connect(port)) {
            client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx");
            assertThat(client.reply().text()).isEqualTo("early");
            assertThat(client.send("x" + POST).reply().text()).isEqualTo("hello");
            waitForTheHeadTimeout();

            assertThat(client.send(POST).reply().text()).isEqualTo("hello");
        }
    }

    private static void refused(Raw client) {
        Raw.Reply refusal = client.reply();
        assertThat(refusal.status()).isEqualTo(408);
        assertThat(refusal.text()).contains("\"code\":\"HeadTimeout\"");
        assertThat(refusal.all("Connection")).containsExactly("close");
        assertThat(client.untilClosed()).isEmpty();
    }

    /** Waits until the head timeout of another, later connection is over. */
    private void waitForTheHeadTimeout() {
        try (Raw other = Raw.connect(port)) {
            assertThat(other.untilClosed()).isEmpty();
        }
    }
}
