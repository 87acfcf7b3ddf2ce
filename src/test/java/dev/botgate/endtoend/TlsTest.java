package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.core.net.SelfSignedCertificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connectors are spoken to over TLS, and only if they are who they should be. */
@ExtendWith({TestPostgres.class, TestVertx.class})
class TlsTest {
    private final TestDatabase database;

    TlsTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aConnectorThatIsTrusted_underItsOwnName_isSpokenTo(Vertx vertx) {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");

        Raw.Reply reply = ask(vertx, certificate, Optional.of(certificate.certificatePath()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"id\":\"tls\"}");
    }

    @Test
    void aConnectorThatNobodyTrusts_isNotSpokenTo(Vertx vertx) {
        assertUnreachable(ask(vertx, SelfSignedCertificate.create("localhost"), Optional.empty()));
    }

    @Test
    void aTrustedConnectorWithAnothersName_isNotSpokenTo(Vertx vertx) {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("other.example");

        assertUnreachable(ask(vertx, certificate, Optional.of(certificate.certificatePath())));
    }

    private static void assertUnreachable(Raw.Reply reply) {
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text()).contains("\"code\":\"UpstreamUnreachable\"");
    }

    /** Asks a gateway before a server that shows {@code certificate} and is called localhost. */
    private Raw.Reply ask(Vertx vertx, SelfSignedCertificate certificate, Optional<String> trusted) {
        ScriptedUpstream server =
                ScriptedUpstream.startTls(context(vertx, certificate), Script.reply(200, "{\"id\":\"tls\"}"));
        GatewayFixture.Plan plan = GatewayFixture.on(database).connector("tls", server.url());
        trusted.ifPresent(path -> plan.set("UPSTREAM_TRUSTED_CERTIFICATES", path));
        String id = UUID.randomUUID().toString();
        try (GatewayFixture gateway = plan.start()) {
            Raw.Reply reply = gateway.ask(Raw.request(
                    "POST /v3/conversations/c/activities HTTP/1.1",
                    List.of("Content-Type: application/json", "x-ms-client-request-id: " + id),
                    "{}"));
            assertThat(gateway.closedEntry(id).status())
                    .isEqualTo(reply.status() == 200 ? OutcomeStatus.SUCCEEDED : OutcomeStatus.FAILED);
            return reply;
        } finally {
            server.close();
            certificate.delete();
        }
    }

    private static SSLContext context(Vertx vertx, SelfSignedCertificate certificate) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate.keyCertOptions().getKeyManagerFactory(vertx).getKeyManagers(), null, null);
            return context;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
