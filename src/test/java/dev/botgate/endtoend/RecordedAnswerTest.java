package dev.botgate.endtoend;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.sandbox.SimulatedFault;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replies that wait for their outcomes. */
@ExtendWith(TestPostgres.class)
class RecordedAnswerTest {
    private final TestDatabase database;

    RecordedAnswerTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void whenTheClientLeavesWhileItsReplyWaits_theOutcomeIsRecorded_andOthersAreServed() throws SQLException {
        try (GatewayFixture gateway =
                GatewayFixture.on(database).set("AUDIT_ANSWER", "recorded").start()) {
            Promise<Void> release = Promise.promise();
            gateway.sandbox().next(new SimulatedFault.Until(release.future()));
            Raw client = Raw.connect(gateway.address());
            var unused = client.send(request("leaves"));
            await(gateway.sandbox().arrivals(1));

            try (Connection locked = database.open();
                    Statement statement = locked.createStatement()) {
                locked.setAutoCommit(false);
                statement.execute("LOCK TABLE botgate.intent IN ACCESS EXCLUSIVE MODE");
                release.complete();
                until(() -> database.number("SELECT count(*) FROM pg_stat_activity"
                                + " WHERE application_name = 'botgate trail' AND wait_event_type = 'Lock'")
                        == 1);
                client.reset();
            }

            assertThat(gateway.closedEntry("leaves").status()).isEqualTo(OutcomeStatus.SUCCEEDED);
            assertThat(gateway.ask(request("stays")).status()).isEqualTo(201);
            assertThat(gateway.closedEntry("stays").status()).isEqualTo(OutcomeStatus.SUCCEEDED);
        }
    }

    private static String request(String id) {
        return Raw.request(
                "POST /v3/conversations/c/activities HTTP/1.1",
                List.of("Content-Type: application/json", "x-ms-client-request-id: " + id),
                "{\"type\":\"message\"}");
    }
}
