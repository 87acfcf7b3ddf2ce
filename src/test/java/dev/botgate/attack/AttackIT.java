package dev.botgate.attack;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever clients do, others are answered, and afterwards all is as it was before. */
@ExtendWith(TestPostgres.class)
class AttackIT {
    private static final int DESCRIPTORS = 20_000;
    /** What the gateway may keep of direct memory once clients have left, in bytes; a leak takes all 256 MiB. */
    private static final double MAX_DIRECT_MEMORY = 64 << 20;

    private static final String CREATED = "{\"id\":\"1\"}";

    /** A list of about 12 kB. */
    private static final String MEMBERS = IntStream.range(0, 120)
            .mapToObj(i -> "{\"id\":\"29:" + i + "\",\"name\":\"" + "m".repeat(75) + "\"}")
            .collect(Collectors.joining(",", "[", "]"));

    /** What the conversation {@code large} is answered with: 15 MB, which is below the default of maximum-reply-bytes. */
    private static final Script LARGE_REPLY = largeReply(250);

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    private final TestDatabase database;
    private final ScriptedUpstream answering = ScriptedUpstream.start(
            Script.of(new Step.ReadHead(), Step.PassBody.ignored(), new Step.Choose(AttackIT::reply)));
    private final ScriptedUpstream silent = ScriptedUpstream.start(Script.of(new Step.ReadHead(), new Step.Hang()));

    AttackIT(TestDatabase database) {
        this.database = database;
    }

    @AfterEach
    void close() {
        answering.close();
        silent.close();
    }

    @ParameterizedTest
    @EnumSource
    void whateverClientsDo_othersAreAnswered_andTheGatewayStops(Attack attack) throws IOException {
        AttackedGateway gateway = start(DESCRIPTORS);
        try (HonestClient honest = new HonestClient(gateway.port())) {
            until(() -> honest.answered() > 50);
            long before = gateway.descriptors();

            attack.on(gateway);

            int answered = honest.answered();
            until(() -> honest.answered() > answered + 50 || !honest.failures().isEmpty());
            assertThat(honest.failures()).isEmpty();
            gateway.awaitReady();
            until(() -> gateway.descriptors() <= before + 300);
            until(() -> gateway.directMemory() < MAX_DIRECT_MEMORY);
        }
        gateway.process().terminate();
        assertThat(gateway.process().exitCode()).isEqualTo(143);
        assertThat(gateway.process().output()).doesNotContain("OutOfMemoryError", "StackOverflowError", "LEAK");
    }

    /** All attacks in turn on one gateway, for {@code -Dattack.minutes}, else once. */
    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void attacksInTurn_leaveNothingBehind() throws IOException {
        Instant end = Instant.now().plus(Duration.ofMinutes(Integer.getInteger("attack.minutes", 0)));
        AttackedGateway gateway = start(DESCRIPTORS);
        List<String> seen = new ArrayList<>();
        try (HonestClient honest = new HonestClient(gateway.port())) {
            do {
                for (Attack attack : Attack.values()) {
                    attack.on(gateway);
                    assertThat(honest.failures())
                            .as("%s after %s", attack, seen)
                            .isEmpty();
                }
                gateway.awaitReady();
                seen.add(gateway.descriptors() + " descriptors, " + gateway.directMemory() + " bytes of direct memory, "
                        + honest.answered() + " answered");
                System.out.println("attacks: " + seen.get(seen.size() - 1));
            } while (Instant.now().isBefore(end));
        }
        gateway.process().terminate();
        assertThat(gateway.process().exitCode()).isEqualTo(143);
    }

    /** With 1,000 descriptors and 1,500 clients that say nothing. */
    @Test
    void whenClientsHoldAllConnections_theOperatorAndTheTrailAreServed() throws IOException {
        AttackedGateway gateway = start(1_000);
        List<SocketChannel> idle = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            idle.add(gateway.connect());
        }
        try (HonestClient honest = new HonestClient(gateway.port())) {
            until(() -> honest.answered() > 50 || !honest.failures().isEmpty());
            assertThat(honest.failures()).isEmpty();
            gateway.awaitReady();
        }
        for (SocketChannel client : idle) {
            client.close();
        }
    }

    private AttackedGateway start(int descriptors) {
        return AttackedGateway.start(children, answering.url(), silent.url(), database, descriptors);
    }

    private static Script reply(ScriptedUpstream.Request request) {
        String[] line = request.requestLine().split(" ");
        if (line[0].equals("GET")) {
            return Script.of(whole("200 OK", line[1].equals("/o") ? CREATED : MEMBERS));
        }
        return line[1].contains("/large/") ? LARGE_REPLY : Script.of(whole("201 Created", CREATED));
    }

    /** In chunks, so that nobody knows its length before. */
    private static Script largeReply(int parts) {
        byte[] chunk = ("ea60\r\n" + "x".repeat(60_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return Script.of(
                new Step.Write(
                        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "15\r\n{\"id\":\"1\",\"padding\":\"\r\n"),
                new Step.Pour((long) parts * chunk.length, sent -> chunk, new AtomicLong()),
                new Step.Write("2\r\n\"}\r\n0\r\n\r\n"));
    }

    private static Step whole(String status, String body) {
        return new Step.Write("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    /** A bot that sends a message or asks for a list each 20 ms or less often, on one connection, and notes what fails. */
    static final class HonestClient implements AutoCloseable {
        private static final long PAUSE_NANOS = 20_000_000;

        private final int port;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger answered = new AtomicInteger();
        private final Thread thread;
        private volatile boolean over;

        HonestClient(int port) {
            this.port = port;
            this.thread = new Thread(this::run, "honest-client");
            thread.setDaemon(true);
            thread.start();
        }

        /** What failed so far; a client that has failed waits for a while. */
        List<String> failures() {
            return List.copyOf(failures);
        }

        int answered() {
            return answered.get();
        }

        @Override
        public void close() {
            over = true;
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted", interrupted);
            }
        }

        private void run() {
            while (!over) {
                try (Raw connection = Raw.connect(port)) {
                    while (!over) {
                        expect(
                                201,
                                connection.send(Attack.post("honest", "{\"type\":\"message\",\"text\":\"hello\"}")));
                        expect(200, connection.send(Attack.get("/v3/conversations/honest/members")));
                        expect(200, connection.send(Attack.get("/list")));
                        LockSupport.parkNanos(PAUSE_NANOS);
                    }
                } catch (UncheckedIOException broken) {
                    failures.add(String.valueOf(broken.getCause()));
                    LockSupport.parkNanos(50 * PAUSE_NANOS);
                }
            }
        }

        private void expect(int status, Raw connection) {
            Raw.Reply reply = connection.reply();
            if (reply.status() == status) {
                answered.incrementAndGet();
            } else {
                failures.add(reply.statusLine() + " " + (reply.text().length() > 300 ? "" : reply.text()));
            }
        }
    }
}
