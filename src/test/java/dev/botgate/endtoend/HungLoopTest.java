package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.GuardExtension;
import dev.botgate.testing.GuardExtension.Provokes;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The bots' only event loop does not turn: as a reply is logged on it, the log keeps it. */
class HungLoopTest extends GatewayTestBase {
    private final TestDatabase database;
    private final Logger answers = (Logger) LoggerFactory.getLogger("dev.botgate.server.GatewayServer");
    private final CountDownLatch released = new CountDownLatch(1);
    private final Hang hang = new Hang();

    HungLoopTest(TestDatabase database) {
        this.database = database;
    }

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("SERVER_EVENT_LOOPS", "1").set("AUDIT_HEARTBEAT_INTERVAL", "100ms");
    }

    @BeforeEach
    void hang() {
        hang.setContext(answers.getLoggerContext());
        hang.start();
        answers.setLevel(Level.DEBUG);
        answers.addAppender(hang);
    }

    @AfterEach
    void goOn() {
        released.countDown();
        answers.detachAppender(hang);
        answers.setLevel(null);
    }

    @Test
    @Provokes("has been blocked")
    void readySaysSo_theHeartbeatGoesOn_andAllIsWellAfterwards() throws InterruptedException {
        assertThat(gateway().operator("/health/ready").status()).isEqualTo(200);

        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("GET /v3/conversations/c/members", ""));
            until(() -> problem("event loops").contains("event loop has been blocked for"));
            until(() -> problem("listener").contains("does not answer"));
            GuardExtension.await("has been blocked");

            assertThat(gateway().operator("/health/live").status()).isEqualTo(200);
            String beat = beat();
            until(() -> !beat().equals(beat));
            assertThat(problem("heartbeat")).isEmpty();

            released.countDown();
            assertThat(client.reply().status()).isEqualTo(200);
        }
        until(() -> gateway().operator("/health/ready").status() == 200);
    }

    private String beat() {
        return database.rows("SELECT max(heartbeat_at)::text FROM botgate.gateway_run")
                .toString();
    }

    /** Of a check; empty when it has none. */
    private String problem(String check) {
        Raw.Reply ready = gateway().operator("/health/ready");
        JsonObject result = ready.body().toJsonObject().getJsonObject("checks").getJsonObject(check);
        assertThat(ready.status()).isEqualTo(ready.text().contains("DOWN") ? 503 : 200);
        return result.getString("problem", "");
    }

    /** Keeps the thread that logs until it is released. */
    private final class Hang extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getMessage().equals("Answered")) {
                try {
                    released.await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
