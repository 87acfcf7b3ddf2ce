package dev.botgate.server;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Destination;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.testing.Patience;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {
    private static final int MAXIMUM = 16 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Vertx vertx = Vertx.vertx();
    private final ResourceLeakDetector.Level looking = ResourceLeakDetector.getLevel();
    private final BlockingQueue<Read> reads = new LinkedBlockingQueue<>();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private int maximum = MAXIMUM;
    private int millisBeforeReading = 1;
    private int port;

    /** A body that was read, and the bytes that its event loop allocated since its head. */
    private record Read(Buffer body, long allocated) {}

    @BeforeEach
    void start() throws Exception {
        GatewayServer server = new GatewayServer(
                vertx,
                ServerPlan.settings(),
                target -> new Destination("teams", target),
                this::read,
                new MemoryBudget(1L << 30, registry),
                ServerPlan.noLimits(),
                InstantSource.system(),
                new SimpleMeterRegistry());
        port = server.start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** The leak detector takes more memory than is measured here. */
    @BeforeEach
    void lookForFewLeaks() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterEach
    void end() throws Exception {
        ResourceLeakDetector.setLevel(looking);
        vertx.close().toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private Future<Reply> read(Arrival arrival) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        // As after a look at the caller: the body arrives meanwhile.
        return vertx.timer(millisBeforeReading)
                .compose(waited -> arrival.body().read(maximum))
                .map(body -> {
                    reads.add(new Read(body, THREADS.getCurrentThreadAllocatedBytes() - before));
                    return new Reply(
                            200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer("{}")));
                });
    }

    @ParameterizedTest
    @CsvSource({"1, 65537", "2, 262145", "3, 3000000", "4, 16777216", "5, 70000", "6, 9000"})
    void bodiesOfAnySize_declaredOrInChunks_areReadAsTheyWereSent(long seed, int length) throws Exception {
        byte[] body = new byte[length];
        Random random = new Random(seed);
        random.nextBytes(body);
        try (Socket client = connect()) {
            send(client, declared(body), random);
            send(client, chunked(body, random), random);
            send(client, declared(body), random);
            send(client, declared(new byte[] {'x'}), random);
            awaitReplies(client.getInputStream(), 4);
        }

        List<Buffer> read = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            read.add(reads.take().body());
        }
        assertThat(read.get(0).equals(Buffer.buffer(body))).isTrue();
        assertThat(read.get(1).equals(Buffer.buffer(body))).isTrue();
        assertThat(read.get(2).equals(Buffer.buffer(body))).isTrue();
        assertThat(read.get(3)).isEqualTo(Buffer.buffer("x"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLargeBody_isCollectedInAFewTimesItsLength(boolean declared) throws Exception {
        warmUp();
        byte[] body = new byte[MAXIMUM];
        try (Socket client = connect()) {
            send(client, declared ? declared(body) : chunked(body, new Random(1)), new Random(2));
            awaitReplies(client.getInputStream(), 1);
        }

        assertThat(reads.take().allocated()).isLessThan(declared ? 44L << 20 : 80L << 20);
    }

    @Test
    void theRestOfABodyThatIsTooLarge_takesNoMemory() throws Exception {
        warmUp();
        maximum = 1_000;
        refusal(chunked(new byte[1 << 20], new Random(1)));

        long before = allocated();
        // The client sends all of it before it reads its reply.
        refusal(chunked(new byte[MAXIMUM / 2], new Random(1)));
        long after = allocated();

        assertThat(after - before).isLessThan(4L << 20);
        assertThat(reads).isEmpty();
    }

    /** All chunks that arrived before reading began are delivered at once, with the reply written in between. */
    @Test
    void aBodyThatIsTooLarge_freesItsMemoryWhenItsRequestEnds() throws Exception {
        maximum = 100_000;
        millisBeforeReading = 20;

        for (int i = 0; i < 5; i++) {
            refusal(chunked(new byte[300_000], new Random(i)));
        }

        until(() -> registry.get("botgate.bodies.memory").gauge().value() == 0);
    }

    private void refusal(byte[] request) throws IOException {
        try (Socket client = connect()) {
            send(client, request, new Random(1));

            String reply = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(reply).startsWith("HTTP/1.1 413").contains("larger than maximum-body-bytes, " + maximum);
        }
    }

    /** So that the allocations of the first request are not counted. */
    private void warmUp() throws Exception {
        try (Socket client = connect()) {
            send(client, declared(new byte[1 << 20]), new Random(1));
            awaitReplies(client.getInputStream(), 1);
        }
        assertThat(reads.take().body().length()).isEqualTo(1 << 20);
    }

    /** By all event loops. */
    private long allocated() {
        long all = 0;
        for (long id : THREADS.getAllThreadIds()) {
            var info = THREADS.getThreadInfo(id);
            if (info != null && info.getThreadName().startsWith("vert.x-eventloop")) {
                all += THREADS.getThreadAllocatedBytes(id);
            }
        }
        return all;
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static byte[] declared(byte[] body) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head("Content-Length: " + body.length));
        request.write(body);
        return request.toByteArray();
    }

    private static byte[] chunked(byte[] body, Random random) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head("Transfer-Encoding: chunked"));
        for (int at = 0; at < body.length; ) {
            int count = Math.min(body.length - at, 1 + random.nextInt(100_000));
            request.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            request.write(body, at, count);
            request.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            at += count;
        }
        request.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return request.toByteArray();
    }

    private static byte[] head(String length) {
        return ("POST /v3/conversations/c/activities HTTP/1.1\r\nHost: gate\r\n" + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(Socket client, byte[] request, Random random) throws IOException {
        OutputStream out = client.getOutputStream();
        for (int at = 0; at < request.length; ) {
            int count = Math.min(request.length - at, 1 + random.nextInt(200_000));
            out.write(request, at, count);
            at += count;
        }
    }

    private static void awaitReplies(InputStream in, int count) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] part = new byte[4_096];
        while (text.toString().split("HTTP/1.1 200 OK", -1).length <= count
                || !text.toString().endsWith("{}")) {
            int read = in.read(part);
            assertThat(read).isPositive();
            text.append(new String(part, 0, read, StandardCharsets.ISO_8859_1));
        }
    }
}
