package dev.botgate.endtoend;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One gateway for all tests of a class, with a scripted upstream as its default connector and a sandbox as the one called
 * {@code sandbox}.
 */
@ExtendWith(TestPostgres.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GatewayTestBase {
    static final String JSON = "Content-Type: application/json";
    static final String SEND = "POST /v3/conversations/c/activities";
    static final String HELLO = "{\"type\":\"message\",\"text\":\"hello\"}";

    private GatewayFixture gateway;
    private ScriptedUpstream upstream;
    private String requestId;

    @BeforeAll
    void start(TestDatabase database) {
        upstream = ScriptedUpstream.start(Script.reply(200, "{}"));
        gateway = planned(GatewayFixture.on(database).connector("scripted", upstream.url()))
                .start();
    }

    @AfterAll
    void close() {
        upstream.close();
        gateway.close();
    }

    @BeforeEach
    void forget() {
        requestId = UUID.randomUUID().toString();
        upstream.play(Script.reply(200, "{\"id\":\"1\"}"));
        gateway.sandbox().clearFaults();
        gateway.sandbox().clearReceived();
    }

    /** The settings that this class wants. */
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual;
    }

    GatewayFixture gateway() {
        return gateway;
    }

    /** The default connector; answers {@code {"id":"1"}} until it is told otherwise. */
    ScriptedUpstream upstream() {
        return upstream;
    }

    /** The id of this test's requests. */
    String requestId() {
        return requestId;
    }

    /** Sends a request that has {@link #requestId}. */
    @CanIgnoreReturnValue
    Raw.Reply ask(String methodAndTarget, String body, String... headers) {
        return gateway.ask(request(methodAndTarget, body, headers));
    }

    /** The text of such a request. */
    String request(String methodAndTarget, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("x-ms-client-request-id: " + requestId);
        return Raw.request(methodAndTarget + " HTTP/1.1", all, body);
    }

    /** The code of an {@code ErrorResponse}. */
    static String code(Raw.Reply reply) {
        return reply.body().toJsonObject().getJsonObject("error").getString("code");
    }
}
