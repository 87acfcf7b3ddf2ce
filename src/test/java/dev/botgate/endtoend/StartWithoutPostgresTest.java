package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway starts while PostgreSQL is away, and has never been there. */
class StartWithoutPostgresTest {
    private static final String ID = "before-the-database";

    @TempDir
    private Path directory;

    private PostgresServer server;
    private TestDatabase database;

    @BeforeEach
    void createAndKill() {
        server = PostgresServer.start(directory.resolve("data"));
        database = server.createDatabase();
        database.execute("CHECKPOINT");
        server.kill();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void withAJournal_itIsReadyAndRecords_andMigratesAndDrainsWhenTheDatabaseComes() {
        try (GatewayFixture gateway = GatewayFixture.on(database)
                .set("AUDIT_ON_OUTAGE", "journal")
                .set("AUDIT_JOURNAL_DIRECTORY", directory.resolve("journal").toString())
                .start()) {
            assertThat(send(gateway).status()).isEqualTo(201);
            Raw.Reply ready = gateway.operator("/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.text()).contains("the trail is written to the journal");

            server.restart();

            until(() -> !gateway.operator("/health/ready").text().contains("the trail is written to the journal"));
            assertThat(gateway.operator("/health/ready").status()).isEqualTo(200);
            assertThat(gateway.closedEntry(ID).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
            until(() -> database.number("SELECT count(*) FROM botgate.gateway_run") == 1);
        }
    }

    @Test
    void withoutAJournal_itSaysWhyItDoesNotStart() {
        GatewayFixture.Plan plan = GatewayFixture.on(database);

        assertThatThrownBy(plan::start).rootCause().hasMessageContaining("refused");
        server.restart();
    }

    private static Raw.Reply send(GatewayFixture gateway) {
        return gateway.ask(Raw.request(
                "POST /v3/conversations/c/activities HTTP/1.1",
                List.of("Content-Type: application/json", "x-ms-client-request-id: " + ID),
                "{\"type\":\"message\"}"));
    }
}
