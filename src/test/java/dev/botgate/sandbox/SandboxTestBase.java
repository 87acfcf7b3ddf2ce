package dev.botgate.sandbox;

import static dev.botgate.testing.Await.await;

import dev.botgate.testing.Raw;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A sandbox for each test, and short methods for requests to it. */
@ExtendWith(TestVertx.class)
abstract class SandboxTestBase {
    static final String JSON = "Content-Type: application/json";

    private Sandbox sandbox;

    @BeforeEach
    void start(Vertx vertx) {
        sandbox = await(Sandbox.start(vertx, new SandboxSettings("127.0.0.1", 0), limits()));
    }

    @AfterEach
    void close() {
        await(sandbox.close());
    }

    Sandbox.Limits limits() {
        return Sandbox.Limits.DEFAULT;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Raw.Reply get(String target) {
        return ask("GET " + target, "");
    }

    Raw.Reply post(String target, String json) {
        return ask("POST " + target, json);
    }

    Raw.Reply put(String target, String json) {
        return ask("PUT " + target, json);
    }

    Raw.Reply delete(String target) {
        return ask("DELETE " + target, "");
    }

    /** The id in a reply. */
    static String id(Raw.Reply reply) {
        return reply.body().toJsonObject().getString("id");
    }

    /** The code of an error. */
    static String code(Raw.Reply reply) {
        JsonObject error = reply.body().toJsonObject().getJsonObject("error");
        return reply.status() + " " + error.getString("code");
    }

    Raw.Reply ask(String methodAndTarget, String json) {
        List<String> headers = json.isEmpty() ? List.of() : List.of(JSON);
        return Raw.exchange(sandbox.url(), Raw.request(methodAndTarget + " HTTP/1.1", headers, json));
    }
}
