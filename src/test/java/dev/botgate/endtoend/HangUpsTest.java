package dev.botgate.endtoend;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.sandbox.SimulatedFault;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.ScriptedUpstream.Request;
import io.vertx.core.Promise;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave in the middle. */
class HangUpsTest extends GatewayTestBase {
    private final ScriptedUpstream taker = ScriptedUpstream.start(Script.reply(200, "{}"));
    private final ScriptedUpstream giver =
            ScriptedUpstream.start(Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.named("taker", taker.url()).named("giver", giver.url());
    }

    @AfterAll
    void closeTheOthers() {
        taker.close();
        giver.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST /sandbox/v3/conversations/c/activities", "POST /sandbox/v1/meetings/m/notification"})
    void aMutationOnceBegun_isCarriedToItsEnd(String methodAndTarget) {
        Promise<Void> release = Promise.promise();
        gateway().sandbox().next(new SimulatedFault.Until(release.future()));
        Raw client = Raw.connect(gateway().address());
        var unused = client.send(request(methodAndTarget, "{\"value\":{}}", JSON));
        await(gateway().sandbox().arrivals(1));

        client.reset();
        release.complete();

        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.status()).isEqualTo(OutcomeStatus.SUCCEEDED);
        assertThat(entry.outcome().status()).isBetween(200, 202);
        assertThat(gateway().sandbox().received()).singleElement().satisfies(received -> assertThat(received.complete())
                .isTrue());
    }

    /** Of this class's requests it is the only one that nobody was left to answer. */
    @Test
    void aBodyThatNeverBecameWhole_isNeitherForwardedNorRecorded() {
        try (Raw client = Raw.connect(gateway().address())) {
            var unused =
                    client.send(request(SEND, "", JSON, "Content-Length: 100")).send("{\"type\":");
            client.reset();
        }

        until(() -> gateway()
                        .metric("botgate_requests_seconds_count{operation=\"SendToConversation\","
                                + "route=\"/v3/conversations/{conversationId}/activities\",status=\"499\"}")
                == 1);
        assertThat(upstream().requests()).isEmpty();
        assertThat(gateway().entries(requestId())).isEmpty();
    }

    @Test
    void anUploadThatIsCut_isRecordedAsCut_andCutUpstreamToo() {
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("PUT /taker/v3/anything", "", "Transfer-Encoding: chunked"))
                    .send("4\r\nhalf\r\n");
            until(() -> taker.begun() == 1);
            client.reset();
        }

        AuditEntry entry = gateway().closedEntry(requestId());

        assertThat(entry.status()).isEqualTo(OutcomeStatus.UNKNOWN);
        assertThat(entry.outcome().error()).isEqualTo("ClientGone");
        assertThat(entry.outcome().status()).isNull();
        assertThat(entry.outcome().sentWhole()).isFalse();
        assertThat(entry.outcome().sent().length()).isLessThanOrEqualTo(4);
        until(() -> taker.open() == 0);
        assertThat(taker.requests()).isEmpty();
    }

    @Test
    void aReaderThatLeavesWhileTheUpstreamIsSilent_freesTheUpstreamsConnection() {
        try (Raw client = Raw.connect(gateway().address())) {
            client.send(request("GET /giver/v3/attachments/a/views/v", "")).readTo("half");
            client.reset();
        }

        until(() -> giver.open() == 0);
    }

    @Test
    void aReaderThatLeaves_freesTheUpstreamsConnection() {
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(request("GET /giver/v3/attachments/a/views/v", ""));
            Request arrived = giver.take();
            assertThat(arrived.requestLine()).startsWith("GET ");
            client.reset();
        }

        until(() -> giver.open() == 0);
    }
}
