package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.RecordedBody.Form;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Patience;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Large bodies of what is none of the twelve stream through; a slow end slows the other one down. */
@ExtendWith(TestPostgres.class)
class PassThroughTest {
    private final TestDatabase database;

    PassThroughTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aLargeReply_waitsForItsReader_andArrivesWhole() throws Exception {
        try (Flood flood = new Flood();
                GatewayFixture gateway = started(flood);
                Socket client = connected(gateway.address())) {
            send(client, "GET /v3/attachments/a/views/original HTTP/1.1\r\nHost: x\r\n\r\n");
            long taken = Flood.standstillOf(flood::sent);

            assertThat(taken).isLessThan(Flood.HELD_ON_THE_WAY);

            InputStream in = client.getInputStream();
            assertThat(head(in)).startsWith("HTTP/1.1 200 OK").contains("Content-Length: " + Flood.SIZE);
            MessageDigest arrived = Flood.sha256();
            MessageDigest expected = Flood.sha256();
            for (int at = 0; at < Flood.SIZE; at += 65_536) {
                arrived.update(in.readNBytes(65_536));
                expected.update(Flood.part(at, 65_536));
            }
            assertThat(arrived.digest()).isEqualTo(expected.digest());
        }
    }

    @Test
    void aLargeUpload_waitsForTheUpstream_andIsRecordedByItsDigest() throws Exception {
        String id = UUID.randomUUID().toString();
        MessageDigest expected = Flood.sha256();
        for (int at = 0; at < Flood.SIZE; at += 65_536) {
            expected.update(Flood.part(at, 65_536));
        }
        String digest = HexFormat.of().formatHex(expected.digest());
        try (Flood flood = new Flood();
                GatewayFixture gateway = started(flood);
                Socket client = connected(gateway.address())) {
            AtomicLong written = new AtomicLong();
            Thread writer = new Thread(() -> upload(client, id, written));
            writer.start();
            until(() -> !gateway.entries(id).isEmpty());
            long taken = Flood.standstillOf(written::get);

            assertThat(taken).isLessThan(Flood.HELD_ON_THE_WAY);
            assertThat(gateway.entries(id)).singleElement().satisfies(entry -> {
                assertThat(entry.status()).isEqualTo(OutcomeStatus.OPEN);
                assertThat(entry.intent().body().form()).isEqualTo(Form.STREAMED);
            });

            flood.read();
            assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            writer.join();
            assertThat(flood.received()).isEqualTo(digest);
            AuditEntry entry = gateway.closedEntry(id);
            assertThat(entry.intent().operation()).isEqualTo("other");
            assertThat(entry.outcome().sent().sha256()).isEqualTo(digest);
            assertThat(entry.outcome().sent().length()).isEqualTo(Flood.SIZE);
            assertThat(entry.outcome().sentWhole()).isTrue();
        }
    }

    @Test
    void whenTheReaderOfALargeReplyLeaves_theUpstreamIsLeftToo() throws Exception {
        try (Flood flood = new Flood();
                GatewayFixture gateway = started(flood)) {
            try (Socket client = connected(gateway.address())) {
                send(client, "GET /v3/attachments/a/views/original HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            }
            long until = flood.sent();

            until(() -> gateway.metric("botgate_upstream_attempts_seconds_count") == 1);
            try (Socket client = connected(gateway.address())) {
                // Flood serves one connection at a time, so this one is answered once that of the first has ended.
                send(client, "GET /v3/attachments/a/views/original HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            }
            assertThat(until).isLessThan(Flood.SIZE);
        }
    }

    private GatewayFixture started(Flood flood) {
        return GatewayFixture.on(database).connector("flood", flood.url()).start();
    }

    private static void upload(Socket client, String id, AtomicLong written) {
        try {
            send(
                    client,
                    "PUT /v3/anything HTTP/1.1\r\nHost: x\r\nx-ms-client-request-id: " + id + "\r\nContent-Length: "
                            + Flood.SIZE + "\r\n\r\n");
            for (int at = 0; at < Flood.SIZE; at += 65_536) {
                client.getOutputStream().write(Flood.part(at, 65_536));
                written.addAndGet(65_536);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Socket connected(URI address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(65_536);
        socket.setSoTimeout((int) Patience.LIMIT.toMillis());
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }
}
