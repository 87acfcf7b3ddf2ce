package dev.botgate.endtoend.fleet;

import static dev.botgate.testing.Await.await;

import dev.botgate.cli.Botgate;
import dev.botgate.endtoend.fleet.Arrivals.Arrival;
import dev.botgate.testing.TestProcess;
import dev.botgate.testing.TestProcesses;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The sandbox in a process of its own, and what it tells about itself. */
final class SandboxProcess {
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
                .compose(request ->
                        request.putHeader("Content-Type", "application/json").send(fault.toBuffer()))
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
        JsonObject names = new JsonObject(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8));
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
