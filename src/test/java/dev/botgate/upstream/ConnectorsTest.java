package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Destination;
import dev.botgate.upstream.Connectors.Connector;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import java.net.URI;
import java.util.Map;
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
}
