package dev.botgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.server.ServerSettings.TransportKind;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With {@code -Pnative-transport} on all three transports, else on Java's. */
@ExtendWith(TestPostgres.class)
class EventLoopGroupsTest {
    private static final String PATH = "/v3/conversations/demo/activities";

    private final TestDatabase database;

    EventLoopGroupsTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void whenTransportIsAuto_anAvailableOneIsChosen() {
        TransportKind found = EventLoopGroups.choose(TransportKind.AUTO);

        assertThat(found).isNotEqualTo(TransportKind.AUTO);
        assertThat(EventLoopGroups.choose(found)).isEqualTo(found);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void anAvailableTransport_carriesLargeBodiesAndSurvivesHangUps_anotherIsRefusedByName(TransportKind kind)
            throws IOException {
        if (!isThere(kind)) {
            assertThatThrownBy(() -> EventLoopGroups.choose(kind))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "server.transport: " + kind.name().toLowerCase(Locale.ROOT) + " (expected: ");
            return;
        }
        try (GatewayFixture gateway = GatewayFixture.on(database)
                .set("SERVER_TRANSPORT", kind.name().toLowerCase(Locale.ROOT))
                .start()) {
            for (int i = 0; i < 20; i++) {
                hangUpWithin(gateway);
            }

            Raw.Reply reply = gateway.ask(post("x".repeat(2_000_000)));

            assertThat(reply.status()).isEqualTo(201);
            assertThat(gateway.operator("/health/live").status()).isEqualTo(200);
        }
    }

    private static boolean isThere(TransportKind kind) {
        Transport transport =
                switch (kind) {
                    case IO_URING -> Transport.IO_URING;
                    case EPOLL -> Transport.EPOLL;
                    case NIO, AUTO -> Transport.NIO;
                };
        return transport != null && transport.available();
    }

    private static void hangUpWithin(GatewayFixture gateway) throws IOException {
        String request = post("x".repeat(1_000));
        try (Raw client = Raw.connect(gateway.address())) {
            client.send(request.substring(0, request.length() - 500));
        }
    }

    private static String post(String text) {
        String body = "{\"type\":\"message\",\"text\":\"" + text + "\"}";
        return Raw.request(
                "POST " + PATH + " HTTP/1.1",
                List.of("Host: localhost", "Connection: close", "Content-Type: application/json"),
                body);
    }
}
