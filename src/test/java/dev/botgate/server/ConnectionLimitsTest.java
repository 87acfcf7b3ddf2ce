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
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of the number of connections. */
@ExtendWith(TestVertx.class)
class ConnectionLimitsTest {
    private static final String GET = Raw.request("GET / HTTP/1.1", List.of(), "");
    private static final String HANG = Raw.request("GET /hang HTTP/1.1", List.of(), "");

    private final ServerPlan plan = new ServerPlan();
    private final AtomicInteger hanging = new AtomicInteger();

    private int start(Vertx vertx) {
        return await(plan.of(vertx, this::answer).start());
    }

    private Future<Reply> answer(Arrival arrival) {
        if (arrival.head().uri().equals("/hang")) {
            hanging.incrementAndGet();
            return Promise.<Reply>promise().future();
        }
        return Future.succeededFuture(ServerPlan.ok(Buffer.buffer("here")));
    }

    @Test
    void whenThereAreTooManyConnections_theLongestIdleOneIsClosed(Vertx vertx) {
        plan.connections(3, 3);
        int port = start(vertx);
        try (Raw silent = Raw.connect(port);
                Raw half = Raw.connect(port).send("GET / HTTP/1.1\r\n");
                Raw busy = Raw.connect(port).send(HANG)) {
            until(() -> hanging.get() == 1 && plan.connections() == 3);
            try (Raw fourth = Raw.connect(port);
                    Raw fifth = Raw.connect(port)) {
                assertThat(fourth.send(GET).reply().text()).isEqualTo("here");
                assertThat(fifth.send(GET).reply().text()).isEqualTo("here");
                assertThat(silent.untilClosed()).isEmpty();
                assertThat(half.untilClosed()).isEmpty();
                assertThat(plan.closed(CloseReason.IDLE)).isEqualTo(2);
                assertThat(plan.connections()).isEqualTo(3);
                busy.close();
            }
        }
    }

    @Test
    void afterItsReply_aConnectionIsIdleAgain(Vertx vertx) {
        plan.connections(2, 2);
        int port = start(vertx);
        try (Raw first = Raw.connect(port);
                Raw second = Raw.connect(port)) {
            assertThat(second.send(GET).reply().text()).isEqualTo("here");
            assertThat(first.send(GET).reply().text()).isEqualTo("here");
            try (Raw third = Raw.connect(port)) {
                assertThat(third.send(GET).reply().text()).isEqualTo("here");

                assertThat(second.untilClosed()).isEmpty();
                assertThat(first.send(GET).reply().text()).isEqualTo("here");
            }
        }
    }

    @Test
    void afterAnEarlyReply_aConnectionIsIdle_evenIfItsRequestIsIncomplete(Vertx vertx) {
        plan.connections(1, 1);
        int port = start(vertx);
        try (Raw slow = Raw.connect(port)) {
            slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx");
            assertThat(slow.reply().text()).isEqualTo("here");
            try (Raw other = Raw.connect(port)) {
                assertThat(other.send(GET).reply().text()).isEqualTo("here");
            }
        }
    }

    @Test
    void whenNoConnectionIsIdle_theNewOneIsRefused(Vertx vertx) {
        plan.connections(2, 2);
        int port = start(vertx);
        try (Raw first = Raw.connect(port).send(HANG);
                Raw second = Raw.connect(port).send(HANG)) {
            until(() -> hanging.get() == 2);
            try (Raw third = Raw.connect(port)) {
                Raw.Reply refusal = third.reply();

                assertThat(refusal.status()).isEqualTo(503);
                assertThat(refusal.all("Retry-After")).containsExactly("1");
                assertThat(refusal.all("Connection")).containsExactly("close");
                assertThat(refusal.text()).contains("\"code\":\"GatewayBusy\"");
                assertThat(third.untilClosed()).isEmpty();
            }
            assertThat(refused("all")).isEqualTo(1);
            first.close();
            until(() -> plan.connections() == 1);
            try (Raw fourth = Raw.connect(port)) {
                assertThat(fourth.send(GET).reply().text()).isEqualTo("here");
            }
            second.close();
        }
    }

    @Test
    void oneAddress_cannotTakeTheConnectionsOfOthers(Vertx vertx) throws IOException {
        plan.connections(10, 2);
        int port = start(vertx);
        try (Raw first = Raw.connect(port).send(HANG);
                Raw second = Raw.connect(port).send(HANG)) {
            until(() -> hanging.get() == 2);
            try (Raw third = Raw.connect(port);
                    Socket other =
                            new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0)) {
                other.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));

                assertThat(third.reply().status()).isEqualTo(503);
                assertThat(new String(other.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
                assertThat(refused("address")).isEqualTo(1);
            }
            first.close();
            second.close();
        }
    }

    @Test
    void oneAddressAtItsLimit_losesOnlyItsOwnIdleConnections(Vertx vertx) throws IOException {
        plan.connections(10, 1);
        int port = start(vertx);
        try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName("127.0.0.2"), 0);
                Raw first = Raw.connect(port)) {
            until(() -> plan.connections() == 2);
            try (Raw second = Raw.connect(port)) {
                assertThat(second.send(GET).reply().text()).isEqualTo("here");
                assertThat(first.untilClosed()).isEmpty();
                other.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(other.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 268435456, 372", "1048576, 268435456, 16384", "1048576, 4294967296, 262144", "100, 268435456, 16"
    })
    void byDefault_clientsGetHalfOfTheDescriptors_limitedByTheHeap(long descriptors, long heap, int connections) {
        assertThat(ConnectionLimits.derived(descriptors, heap)).isEqualTo(connections);
    }

    @Test
    void aNetworkOfIpv6_countsAsOneAddress() throws IOException {
        assertThat(client("2001:db8:1:2:3::4")).isEqualTo(client("2001:db8:1:2:ffff::1"));
        assertThat(client("2001:db8:1:2::1")).isNotEqualTo(client("2001:db8:1:3::1"));
        assertThat(client("192.0.2.1")).isNotEqualTo(client("192.0.2.2")).isEqualTo(client("192.0.2.1"));
    }

    private static Object client(String address) throws IOException {
        return ConnectionLimits.client(new InetSocketAddress(InetAddress.getByName(address), 1));
    }

    private double refused(String bound) {
        return plan.registry()
                .get("botgate.connections.refused")
                .tag("bound", bound)
                .counter()
                .count();
    }
}
