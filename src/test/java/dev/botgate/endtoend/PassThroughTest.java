package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody.Form;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Patience;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Large bodies of what is none of the twelve stream through; a slow end slows the other one down. */
@ExtendWith(TestPostgres.class)
class PassThroughTest {
    private static final int SIZE = 64 << 20;

    /** More than what all sockets on the way hold, and far less than {@link #SIZE}. */
    static final long HELD_ON_THE_WAY = 32 << 20;

    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch read = new CountDownLatch(1);
    private final MessageDigest received = sha256();
    private final TestDatabase database;

    PassThroughTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void aLargeReply_waitsForItsReader_andArrivesWhole() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Choose(this::script)));
                GatewayFixture gateway = started(upstream);
                Socket client = connected(gateway.address())) {
            send(client, "GET /v3/attachments/a/views/original HTTP/1.1\r\nHost: x\r\n\r\n");
            long taken = standstillOf(sent::get);

            assertThat(taken).isLessThan(HELD_ON_THE_WAY);

            InputStream in = client.getInputStream();
            assertThat(head(in)).startsWith("HTTP/1.1 200 OK").contains("Content-Length: " + SIZE);
            MessageDigest arrived = sha256();
            MessageDigest expected = sha256();
            for (int at = 0; at < SIZE; at += 65_536) {
                arrived.update(in.readNBytes(65_536));
                expected.update(part(at, 65_536));
            }
            assertThat(arrived.digest()).isEqualTo(expected.digest());
        }
    }

    @Test
    void aLargeUpload_waitsForTheUpstream_andIsRecordedByItsDigest() throws Exception {
        String id = UUID.randomUUID().toString();
        MessageDigest expected = sha256();
        for (int at = 0; at < SIZE; at += 65_536) {
            expected.update(part(at, 65_536));
        }
        String digest = HexFormat.of().formatHex(expected.digest());
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Choose(this::script)));
                GatewayFixture gateway = started(upstream);
                Socket client = connected(gateway.address())) {
            AtomicLong written = new AtomicLong();
            Thread writer = new Thread(() -> upload(client, id, written));
            writer.start();
            until(() -> !gateway.entries(id).isEmpty());
            long taken = standstillOf(written::get);

            assertThat(taken).isLessThan(HELD_ON_THE_WAY);
            assertThat(gateway.entries(id)).singleElement().satisfies(entry -> {
                assertThat(entry.status()).isEqualTo(OutcomeStatus.OPEN);
                assertThat(entry.intent().body().form()).isEqualTo(Form.STREAMED);
            });

            reading.countDown();
            assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            writer.join();
            assertThat(read.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(HexFormat.of().formatHex(received.digest())).isEqualTo(digest);
            AuditEntry entry = gateway.closedEntry(id);
            assertThat(entry.intent().operation()).isEqualTo("other");
            assertThat(entry.outcome().sent().sha256()).isEqualTo(digest);
            assertThat(entry.outcome().sent().length()).isEqualTo(SIZE);
            assertThat(entry.outcome().sentWhole()).isTrue();
        }
    }

    @Test
    void whenTheReaderOfALargeReplyLeaves_theUpstreamIsLeftToo() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Choose(this::script)));
                GatewayFixture gateway = started(upstream)) {
            try (Socket client = connected(gateway.address())) {
                send(client, "GET /v3/attachments/a/views/original HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            }
            long until = sent.get();

            until(() -> gateway.metric("botgate_upstream_attempts_seconds_count") == 1);
            until(() -> upstream.open() == 0);
            assertThat(until).isLessThan(SIZE);
        }
    }

    private GatewayFixture started(ScriptedUpstream upstream) {
        return GatewayFixture.on(database).connector("large", upstream.url()).start();
    }

    /** Replies to GET with a large body; waits before it reads any other request's body. */
    private Script script(ScriptedUpstream.Request request) {
        return request.requestLine().startsWith("GET ")
                ? Script.of(
                        new Step.Write(
                                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: " + SIZE + "\r\n\r\n"),
                        new Step.Pour(SIZE, at -> part(at, 65_536), sent))
                : Script.of(
                        new Step.Await(reading),
                        new Step.PassBody(new DigestOutputStream(OutputStream.nullOutputStream(), received)),
                        new Step.Signal(read),
                        new Step.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    /** The bytes that stand at {@code index} of every body. */
    private static byte[] part(long index, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (((index + i) * 31) >>> 3);
        }
        return bytes;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until {@code count} stands still, which is when no buffer on the way takes more. */
    private static long standstillOf(LongSupplier count) {
        long end = System.nanoTime() + Patience.LIMIT.toNanos();
        long last = -1;
        while (System.nanoTime() < end) {
            long now = count.getAsLong();
            if (now > 0 && now == last) {
                return now;
            }
            last = now;
            LockSupport.parkNanos(400_000_000);
        }
        throw new AssertionError("It never stood still, and is at " + last);
    }

    private static void upload(Socket client, String id, AtomicLong written) {
        try {
            send(
                    client,
                    "PUT /v3/anything HTTP/1.1\r\nHost: x\r\nx-ms-client-request-id: " + id + "\r\nContent-Length: "
                            + SIZE + "\r\n\r\n");
            for (int at = 0; at < SIZE; at += 65_536) {
                client.getOutputStream().write(part(at, 65_536));
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
