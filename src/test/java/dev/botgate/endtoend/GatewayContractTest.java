package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.operation.Operation;
import dev.botgate.operation.Route;
import dev.botgate.operation.RouteTable;
import dev.botgate.sandbox.ReceivedRequest;
import dev.botgate.sandbox.Sandbox;
import dev.botgate.testing.ConnectorClientContract;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Microsoft's Java client through the gateway; whatever it changes is in the trail. */
@ExtendWith(TestPostgres.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayContractTest extends ConnectorClientContract {
    private GatewayFixture gateway;

    @BeforeAll
    void start(TestDatabase database) {
        gateway = GatewayFixture.on(database)
                .set("AUDIT_ATTACHMENT_BYTES", "true")
                .start();
    }

    @AfterAll
    void close() {
        gateway.close();
    }

    @Override
    protected URI baseUrl() {
        return URI.create(gateway.address() + "/sandbox");
    }

    @Override
    protected Sandbox sandbox() {
        return gateway.sandbox();
    }

    @Override
    protected String token() {
        // {"appid":"the-bot","tid":"the-tenant"}
        return "e30.eyJhcHBpZCI6InRoZS1ib3QiLCJ0aWQiOiJ0aGUtdGVuYW50In0.c2lnbmF0dXJl";
    }

    @AfterEach
    void everyMutationIsRecorded_asItReachedTheConnector() {
        List<ReceivedRequest> mutations = gateway.sandbox().received().stream()
                .filter(received -> received.operation().effect() == Operation.Effect.MUTATION && !isRead(received))
                .toList();
        for (ReceivedRequest received : mutations) {
            AuditEntry entry = gateway.closedEntry(
                    received.header("x-ms-client-request-id").orElseThrow());

            assertIntent(entry.intent(), received);
            assertThat(entry.outcome()).isNotNull();
            assertOutcome(entry, received.operation());
        }
    }

    private static boolean isRead(ReceivedRequest received) {
        return received.method().equals("GET");
    }

    private static void assertIntent(Intent intent, ReceivedRequest received) {
        Route route = RouteTable.match(received.method(), received.uri());
        assertThat(intent.operation()).isEqualTo(received.operation().id());
        assertThat(intent.method()).isEqualTo(received.method());
        assertThat(intent.uri()).isEqualTo(received.uri());
        assertThat(intent.upstream()).isEqualTo("sandbox");
        assertThat(intent.bot()).isEqualTo("the-bot");
        assertThat(intent.tenant()).isEqualTo("the-tenant");
        assertThat(intent.verified()).isFalse();
        assertThat(intent.conversation()).isEqualTo(route.conversation());
        assertThat(intent.activity()).isEqualTo(route.activity());
        assertThat(intent.member()).isEqualTo(route.member());
        if (received.body().length() > 0) {
            assertThat(intent.body().bytes()).isEqualTo(received.body());
            assertThat(intent.body().digest()).isEqualTo(Digest.of(received.body()));
            assertThat(intent.sourceMediaType()).isEqualTo("application/json");
        }
    }

    private static void assertOutcome(AuditEntry entry, Operation operation) {
        Outcome outcome = entry.outcome();
        assertThat(outcome.attempts()).isEqualTo(1);
        if (entry.status() == OutcomeStatus.REFUSED) {
            assertThat(outcome.status()).isEqualTo(404);
            assertThat(outcome.error()).contains("NotFound");
            return;
        }
        assertThat(entry.status()).isEqualTo(OutcomeStatus.SUCCEEDED);
        assertThat(outcome.status()).isIn(200, 201);
        assertThat(outcome.error()).isNull();
        boolean named = operation != Operation.DELETE_ACTIVITY && operation != Operation.DELETE_CONVERSATION_MEMBER;
        assertThat(outcome.replyId() != null).isEqualTo(named);
        if (operation == Operation.CREATE_CONVERSATION) {
            assertThat(outcome.conversation()).isEqualTo(outcome.replyId());
            assertThat(outcome.activity()).isNotNull();
        } else if (operation == Operation.UPDATE_ACTIVITY) {
            assertThat(outcome.activity()).isEqualTo(entry.intent().activity());
        }
    }
}
