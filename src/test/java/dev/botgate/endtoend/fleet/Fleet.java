package dev.botgate.endtoend.fleet;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import dev.botgate.cli.Botgate;
import dev.botgate.endtoend.fleet.Arrivals.Arrival;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

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
        return adminPorts.stream().allMatch(port -> shown(port).getJsonArray("cooldowns").stream()
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

    /** The sandbox in a process of its own, and what it tells about itself. */
    static final class SandboxProcess {
        /** Who counts must not pause to collect garbage. */
        private static final List<String> ROOMY = List.of("-Xms1g", "-Xmx1g", "-Xmn800m");

        /** What counts must not be held up by telling either: what arrives while it writes a page is counted late. */
        private static final int PAGE = 50;

        private final HttpClient client;
        private final int port;
        private final List<Arrival> arrivals = new ArrayList<>();
        private long sequence;

        private SandboxProcess(HttpClient client, int port) {
            this.client = client;
            this.port = port;
        }

        static SandboxProcess start(Vertx vertx, TestProcesses children, int port) {
            TestProcess process = children.main(
                    Botgate.class,
                    ROOMY,
                    Map.of("BOTGATE_SANDBOX_PORT", Integer.toString(port), "BOTGATE_LOGGING_FORMAT", "text"),
                    "sandbox");
            if (process.awaitLine("127.0.0.1:" + port).isEmpty()) {
                throw new AssertionError("The sandbox says nothing");
            }
            return new SandboxProcess(vertx.createHttpClient(), port);
        }

        int port() {
            return port;
        }

        String url() {
            return "http://127.0.0.1:" + port;
        }

        /** Answers the next request with 429 and this {@code Retry-After}. */
        void throttleNext(int seconds) {
            JsonObject fault = new JsonObject().put("fault", "throttle").put("retryAfterSeconds", seconds);
            int status = await(client.request(HttpMethod.POST, port, "127.0.0.1", "/sandbox/faults")
                    .compose(request -> request.putHeader("Content-Type", "application/json")
                            .send(fault.toBuffer()))
                    .map(response -> response.statusCode()));
            if (status != 201) {
                throw new AssertionError("The sandbox answers " + status);
            }
        }

        /** Everything that arrived so far; to be asked for before the sandbox forgets, which is after 10,000 requests. */
        Arrivals arrivals() {
            while (true) {
                JsonArray page = page();
                for (int i = 0; i < page.size(); i++) {
                    JsonObject received = page.getJsonObject(i);
                    long number = received.getLong("sequence");
                    if (number != sequence + 1) {
                        throw new AssertionError("The sandbox has forgotten requests before " + number);
                    }
                    sequence = number;
                    arrivals.add(arrival(received));
                }
                if (page.isEmpty()) {
                    return new Arrivals(List.copyOf(arrivals));
                }
            }
        }

        private JsonArray page() {
            return await(client.request(
                            HttpMethod.GET, port, "127.0.0.1", "/sandbox/requests?limit=" + PAGE + "&after=" + sequence)
                    .compose(request -> request.send().compose(response -> response.body()))
                    .map(body -> body.toJsonObject().getJsonArray("requests")));
        }

        private static Arrival arrival(JsonObject received) {
            String claims = header(received, "authorization").split("\\.")[1];
            JsonObject names =
                    new JsonObject(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8));
            return new Arrival(
                    received.getLong("arrivedNanos"),
                    names.getString("appid"),
                    received.getString("uri").split("/")[3],
                    header(received, "x-ms-client-request-id"));
        }

        private static String header(JsonObject received, String name) {
            JsonArray headers = received.getJsonArray("headers");
            for (int i = 0; i < headers.size(); i++) {
                JsonArray header = headers.getJsonArray(i);
                if (header.getString(0).equalsIgnoreCase(name)) {
                    return header.getString(1);
                }
            }
            throw new AssertionError("The request has no " + name);
        }

        void close() {
            await(client.close());
        }
    }
}
