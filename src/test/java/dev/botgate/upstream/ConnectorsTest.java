package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.Destination;
import dev.botgate.exchange.Peer;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.Connectors.Connector;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import dev.botgate.upstream.UpstreamSettings.ForwardedPolicy;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorsTest {
    private static final Map<String, ConnectorSettings> TWO = Map.of(
            "teams", new ConnectorSettings(URI.create("https://smba.example")),
            "gcc", new ConnectorSettings(URI.create("http://gcc.example:8080/teams/")));

    @ParameterizedTest
    @CsvSource({
        "/teams/amer/v3/conversations?x=1, teams, /amer/v3/conversations?x=1",
        "/gcc/v3/conversations/a%3Ab, gcc, /v3/conversations/a%3Ab",
        "/gcc, gcc, /",
        "/gcc?x=1, gcc, /?x=1",
        "/amer/v3/conversations, teams, /amer/v3/conversations",
        "/v3/conversations/gcc/members, teams, /v3/conversations/gcc/members",
        "/gccx/v3, teams, /gccx/v3",
        "/GCC/v3, teams, /GCC/v3",
        "/, teams, /",
    })
    void theFirstSegmentNamesTheConnector(String uri, String name, String rest) {
        Destination choice = new Connectors(settings(TWO), URI.create("http://gate.example")).choose(uri);

        assertThat(choice.upstream()).isEqualTo(name);
        assertThat(choice.uri()).isEqualTo(rest);
    }

    @ParameterizedTest
    @CsvSource({
        "/bots/gcc/v3/x, gcc, /v3/x",
        "/gcc/v3/x, gcc, /v3/x",
        "/bots?x=1, teams, /?x=1",
        "/botsy/v3, teams, /botsy/v3",
    })
    void thePublicAddressesOwnPathIsTakenOff(String uri, String name, String rest) {
        Destination choice = new Connectors(settings(TWO), URI.create("http://gate.example/bots/")).choose(uri);

        assertThat(choice.upstream()).isEqualTo(name);
        assertThat(choice.uri()).isEqualTo(rest);
    }

    @Test
    void aBaseUrlIsTakenApart() {
        Connectors connectors = new Connectors(settings(TWO), URI.create("http://gate.example"));

        assertThat(connectors.named("gcc")).isEqualTo(new Connector("gcc", "gcc.example", 8080, false, "/teams"));
        assertThat(connectors.named("teams")).isEqualTo(new Connector("teams", "smba.example", 443, true, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3", "V1", "Upper", "a_b", "-a", ""})
    void aNameThatCouldBeAPathIsRefused(String name) {
        Map<String, ConnectorSettings> connectors =
                Map.of("teams", TWO.get("teams"), name, new ConnectorSettings(URI.create("http://x")));

        assertThatThrownBy(() -> settings(connectors)).hasMessageStartingWith("connectors: " + name + " (expected:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"smba.example", "ftp://x", "https://u:p@x", "https://x/?a=b", "https://x/#f", "http:///x"})
    void aBaseUrlThatIsNoneIsRefused(String url) {
        assertThatThrownBy(() -> new ConnectorSettings(URI.create(url))).hasMessageStartingWith("url: ");
    }

    private static UpstreamSettings settings(Map<String, ConnectorSettings> connectors) {
        return Forwarding.settings(connectors);
    }

    @Nested
    class ForwardedHeadersTest {
        private static final Peer PEER = new Peer("10.0.0.7", "http", "gate:3980");

        @Test
        void replaceDropsWhatTheClientClaimed() {
            MultiMap headers = claimed();

            ForwardedHeaders.apply(ForwardedPolicy.REPLACE, headers, PEER);

            assertThat(headers.getAll("Forwarded")).containsExactly("for=10.0.0.7;host=\"gate:3980\";proto=http");
            assertThat(headers.get("X-Forwarded-For")).isEqualTo("10.0.0.7");
            assertThat(headers.get("X-Forwarded-Proto")).isEqualTo("http");
            assertThat(headers.get("X-Forwarded-Host")).isEqualTo("gate:3980");
        }

        @Test
        void appendKeepsWhatTheClientClaimedInFront() {
            MultiMap headers = claimed();

            ForwardedHeaders.apply(ForwardedPolicy.APPEND, headers, PEER);

            assertThat(headers.getAll("Forwarded")).hasSize(2).first().isEqualTo("for=1.2.3.4");
            assertThat(headers.get("X-Forwarded-For")).isEqualTo("1.2.3.4, 10.0.0.7");
            assertThat(headers.get("X-Forwarded-Proto")).isEqualTo("https");
        }

        @Test
        void removeLeavesNothing() {
            MultiMap headers = claimed();

            ForwardedHeaders.apply(ForwardedPolicy.REMOVE, headers, PEER);

            assertThat(headers.isEmpty()).isTrue();
        }

        @Test
        void anIpv6AddressIsBracketedAndQuoted() {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap();

            ForwardedHeaders.apply(ForwardedPolicy.REPLACE, headers, new Peer("::1", "https", "gate"));

            assertThat(headers.get("Forwarded")).isEqualTo("for=\"[::1]\";host=\"gate\";proto=https");
        }

        private static MultiMap claimed() {
            return MultiMap.caseInsensitiveMultiMap()
                    .add("Forwarded", "for=1.2.3.4")
                    .add("X-Forwarded-For", "1.2.3.4")
                    .add("X-Forwarded-Proto", "https");
        }
    }

    @Nested
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
}
