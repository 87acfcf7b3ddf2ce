package dev.botgate.endtoend.fleet;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import dev.botgate.cli.Botgate;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestProcess;
import dev.botgate.testing.TestProcesses;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Three gateways, a connector and a Redis, each a process; and what operators are shown of them. */
final class Fleet implements AutoCloseable {
    private static final int GATEWAYS = 3;

    private final TestProcesses children = new TestProcesses();
    private final TestRedis redis = new TestRedis();
    private final HttpClient client;
    private final SandboxProcess connector;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Integer> adminPorts = new ArrayList<>();

    /**
     * @param hold the setting of Redis of that name
     * @param ratelimit further settings of the gateways' rate control
     */
    Fleet(Vertx vertx, TestDatabase database, String hold, String ratelimit) {
        client = vertx.createHttpClient();
        connector = SandboxProcess.start(vertx, children, Ports.free());
        try {
            startGateways(database, hold, ratelimit);
            until(() -> all("up"));
            FleetLoad.warmUp(vertx, List.of(connector.port()), "direct");
            FleetLoad.warmUp(vertx, ports, "warm");
            // The first pages that the connector writes hold it up longest.
            var unused = connector.arrivals();
        } catch (RuntimeException | AssertionError e) {
            close();
            throw e;
        }
    }

    private void startGateways(TestDatabase database, String hold, String ratelimit) {
        for (int i = 0; i < GATEWAYS; i++) {
            ports.add(Ports.free());
            adminPorts.add(Ports.free());
            TestProcess process =
                    children.main(Botgate.class, "run", "--config", configuration(i, database, hold, ratelimit));
            if (process.awaitLine("bots talk to").isEmpty()) {
                throw new AssertionError("The gateway says nothing");
            }
        }
    }

    private String configuration(int gateway, TestDatabase database, String hold, String ratelimit) {
        String yaml =
                """
                server: { port: %d }
                admin: { port: %d }
                upstream:
                  default-connector: sandbox
                  connectors: { sandbox: { url: "%s" } }
                  retry: { maximum-attempts: 1 }
                database: { url: "%s" }
                logging: { format: text }
                audit: { gateway: gateway-%d, allow-unsafe-durability: true }
                redis: { url: "redis://127.0.0.1:%d" }
                ratelimit:
                  store: redis
                  outage-hold: %s
                %s
                """
                        .formatted(
                                ports.get(gateway),
                                adminPorts.get(gateway),
                                connector.url(),
                                database.url(),
                                gateway,
                                redis.port(),
                                hold,
                                ratelimit.indent(2));
        try {
            Path file = children.directory().resolve("gateway-" + gateway + ".yaml");
            return Files.writeString(file, yaml).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SandboxProcess connector() {
        return connector;
    }

    TestRedis redis() {
        return redis;
    }

    /** Where bots reach the gateways. */
    List<Integer> ports() {
        return ports;
    }

    /** Whether every gateway says so of its store, and that it shares it with the others. */
    boolean all(String state) {
        return adminPorts.stream().allMatch(port -> {
            JsonObject store = shown(port).getJsonObject("store");
            return store.getString("state").equals(state) && store.getInteger("gateways") == GATEWAYS;
        });
    }

    /** Whether every gateway has heard that something is closed. */
    boolean allHaveHeardOfAClosure() {
        return adminPorts.stream().allMatch(port -> shown(port).getJsonArray("closed").stream()
                .map(JsonObject.class::cast)
                .anyMatch(closed -> closed.getLong("remainingMillis") > 0));
    }

    /** The sum of the lines of all gateways' metrics that begin with {@code name}. */
    double metric(String name) {
        return adminPorts.stream()
                .flatMap(port -> get(port, "/metrics").toString().lines())
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private JsonObject shown(int adminPort) {
        return get(adminPort, "/ratelimit").toJsonObject();
    }

    private Buffer get(int adminPort, String path) {
        return await(client.request(HttpMethod.GET, adminPort, "127.0.0.1", path)
                .compose(request -> request.send().compose(response -> response.body())));
    }

    @Override
    public void close() {
        children.close();
        redis.close();
        connector.close();
        await(client.close());
    }
}
