package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Deadlines;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final int MANY = 50_000;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Connections connections = connections();

    /** Like requests whose clients disconnected while they waited. */
    @Test
    void whenEachReceiverReleasesItsSlotAtOnce_aLongQueueIsServedInOrder() {
        Connections.PassThroughSlot first = connections.acquire("teams").result();
        List<Integer> served = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            int number = i;
            connections
                    .acquire("teams")
                    .onSuccess(slot -> {
                        served.add(number);
                        slot.release();
                    })
                    .onFailure(cause -> served.add(-1));
        }

        first.release();

        assertThat(served).hasSize(MANY).isSorted().doesNotHaveDuplicates();
        assertThat(connections.acquire("teams").succeeded()).isTrue();
        assertThat(connections.acquire("teams").isComplete()).isFalse();
    }

    @Test
    void aSlotReleasedTwice_isFreeOnce() {
        Connections.PassThroughSlot slot = connections.acquire("teams").result();
        slot.release();
        slot.release();

        assertThat(connections.acquire("teams").succeeded()).isTrue();
        assertThat(connections.acquire("teams").isComplete()).isFalse();
    }

    private static Connections connections() {
        UpstreamSettings settings = TestSettings.with(
                Forwarding.settings(Map.of("teams", new ConnectorSettings(URI.create("https://smba.example")))),
                "maximumConnections",
                2,
                "maximumWaiting",
                MANY);
        Connectors connectors = new Connectors(settings, URI.create("http://gate.example"));
        Deadlines never = new Deadlines(SECOND, () -> 0, (millis, task) -> {});
        return Objects.requireNonNull(
                Connections.of(settings, connectors, never).get("teams"));
    }
}
