package dev.botgate.sandbox;

import static dev.botgate.testing.Await.await;

import dev.botgate.testing.ConnectorClientContract;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestVertx.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SandboxDirectTest extends ConnectorClientContract {
    private Sandbox sandbox;

    @BeforeAll
    void start(Vertx vertx) {
        sandbox = await(Sandbox.start(vertx, new SandboxSettings("127.0.0.1", 0)));
    }

    @AfterAll
    void close() {
        await(sandbox.close());
    }

    @Override
    protected URI baseUrl() {
        return sandbox.url();
    }

    @Override
    protected Sandbox sandbox() {
        return sandbox;
    }
}
