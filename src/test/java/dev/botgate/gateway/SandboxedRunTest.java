package dev.botgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.config.Configuration;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run --sandbox}: who answers, what it says of itself, and what it says where it cannot listen. */
@ExtendWith(TestPostgres.class)
class SandboxedRunTest {
    private static final Path LOOPBACK_ONLY = Path.of("src/test/resources/dev/botgate/gateway/loopback.yaml");

    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path directory;

    SandboxedRunTest() {
        for (String group : List.of("SERVER", "ADMIN", "SANDBOX")) {
            environment.put("BOTGATE_" + group + "_PORT", "0");
        }
        environment.put("BOTGATE_UPSTREAM_CONNECTORS_TEAMS_URL", "http://127.0.0.1:" + Ports.free());
        environment.put("BOTGATE_UPSTREAM_CONNECTORS_OURS_URL", "http://127.0.0.1:" + Ports.free() + "/below");
        environment.put("BOTGATE_UPSTREAM_DEFAULT_CONNECTOR", "teams");
        environment.put("BOTGATE_AUDIT_ALLOW_UNSAFE_DURABILITY", "true");
    }

    @Test
    void everyConnector_isAnsweredByTheSandbox_andKeepsItsName(TestDatabase database) throws Exception {
        environment.put("BOTGATE_DATABASE_URL", database.url().toString());
        try (Gateway gateway = Gateway.start(configuration(), true, new CloseStack())) {
            for (String path : List.of("", "/teams/amer", "/ours", "/sandbox")) {
                Raw.Reply reply = post(gateway.address(), path + "/v3/conversations/c/activities", "{}");

                assertThat(reply.status()).as(path).isEqualTo(201);
            }
            Raw.Reply created = post(gateway.address(), "/teams/amer/v3/conversations", "{\"activity\":{}}");
            assertThat(new JsonObject(created.text()).getString("serviceUrl"))
                    .isEqualTo(gateway.address() + "/teams/amer/");
            assertThat(database.rows("SELECT DISTINCT upstream FROM botgate.intent ORDER BY 1"))
                    .containsExactly("ours", "sandbox", "teams");
        }
    }

    @Test
    void theOperatorsAddress_listsWhatIsThere(TestDatabase database) throws Exception {
        environment.put("BOTGATE_DATABASE_URL", database.url().toString());
        try (Gateway gateway = Gateway.start(configuration(), true, new CloseStack())) {
            Raw.Reply index = Raw.exchange(
                    gateway.adminAddress(),
                    Raw.request("GET / HTTP/1.1", List.of("Host: localhost", "Connection: close"), ""));

            assertThat(index.status()).isEqualTo(200);
            assertThat(new JsonObject(index.text()).getJsonArray("resources"))
                    .contains("GET /health/ready", "GET /metrics", "GET /audit/entries", "POST /ratelimit/reset");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "admin", "sandbox"})
    void aPortThatIsTaken_isNamedWithItsSetting_beforeADatabaseIsMade(String group) throws Exception {
        Path data = directory.resolve("data");
        environment.put("BOTGATE_DATABASE_DATA_DIRECTORY", data.toString());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String variable = "BOTGATE_" + group.toUpperCase(Locale.ROOT) + "_PORT";
            environment.put(variable, Integer.toString(taken.getLocalPort()));

            assertThatThrownBy(() -> Gateway.start(configuration(), true, new CloseStack()))
                    .hasMessageContaining("Address already in use: 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining(group + ".port")
                    .hasMessageContaining(variable);
        }
        assertThat(data).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"server, 127.0.0.1, admin", "server, 0.0.0.0, sandbox", "admin, 127.0.0.1, sandbox"})
    void listenersThatShareAPort_areNamed_beforeADatabaseIsMade(String one, String host, String other) {
        Path data = directory.resolve("data");
        int port = Ports.free();
        environment.put("BOTGATE_DATABASE_DATA_DIRECTORY", data.toString());
        environment.put("BOTGATE_" + one.toUpperCase(Locale.ROOT) + "_HOST", host);
        environment.put("BOTGATE_" + one.toUpperCase(Locale.ROOT) + "_PORT", Integer.toString(port));
        environment.put("BOTGATE_" + other.toUpperCase(Locale.ROOT) + "_PORT", Integer.toString(port));

        assertThatThrownBy(() -> Gateway.start(configuration(), true, new CloseStack()))
                .hasMessageStartingWith(one + ".port and " + other + ".port are both " + port);
        assertThat(data).doesNotExist();
    }

    @Test
    void listenersShareAPort_whereTheirAddressesDiffer() {
        assertThatCode(() -> ListenAddress.check(List.of(
                        new ListenAddress("server", "127.0.0.1", 0), new ListenAddress("admin", "127.0.0.1", 0))))
                .doesNotThrowAnyException();
        int port = Ports.free();
        assertThatCode(() -> ListenAddress.check(List.of(
                        new ListenAddress("server", "127.0.0.1", port), new ListenAddress("admin", "127.0.0.2", port))))
                .doesNotThrowAnyException();
    }

    @Test
    void aHostOfAnotherMachine_isNamedWithItsSetting() {
        assertThatThrownBy(() -> new ListenAddress("server", "192.0.2.1", 0).check())
                .hasMessageContaining("192.0.2.1")
                .hasMessageContaining("server.host");
        assertThatThrownBy(() -> new ListenAddress("admin", "nowhere.invalid", 0).check())
                .hasMessageContaining("admin.host: nowhere.invalid");
    }

    @Test
    void whenSomebodyIsFaster_theLaterBindingSaysTheSame() {
        Future<Void> binding = Future.failedFuture(new BindException("Address already in use"));

        assertThat(new ListenAddress("admin", "127.0.0.1", 3981)
                        .explaining(binding)
                        .cause())
                .hasMessageContaining("127.0.0.1:3981 (admin.port)");
        assertThat(new ListenAddress("admin", "127.0.0.1", 3981)
                        .explaining(Future.failedFuture("else"))
                        .cause())
                .hasMessage("else");
    }

    @Test
    void thePublicUrl_isReachable() {
        environment.put("BOTGATE_SERVER_HOST", "0.0.0.0");
        assertThat(ListenAddress.publicUrl(configuration().server(), 1)).isEqualTo(URI.create("http://127.0.0.1:1"));
        environment.put("BOTGATE_SERVER_PUBLIC_URL", "https://gate.example");
        assertThat(ListenAddress.publicUrl(configuration().server(), 1)).isEqualTo(URI.create("https://gate.example"));
        assertThat(ListenAddress.url("fe80::1", 1)).isEqualTo(URI.create("http://[fe80::1]:1"));
        assertThat(ListenAddress.url("gate.example", 1)).isEqualTo(URI.create("http://gate.example:1"));
    }

    private Configuration configuration() {
        return new ConfigurationReader(environment, Path.of(""))
                .read(LOOPBACK_ONLY)
                .configuration();
    }

    private static Raw.Reply post(URI gateway, String path, String body) {
        return Raw.exchange(
                gateway,
                Raw.request(
                        "POST " + path + " HTTP/1.1",
                        List.of(
                                "Host: " + gateway.getAuthority(),
                                "Content-Type: application/json",
                                "Connection: close"),
                        body));
    }
}
