package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.JournalSettings;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database is down for long, at 200 mutations a second; {@code -Doutage.seconds=600} for the real length. */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class OutageRunTest {
    private static final int RATE = 200;

    @TempDir
    Path directory;

    @Test
    void nothingOfALongOutageIsLost_andTheOrderIsKept() {
        int seconds = Integer.getInteger("outage.seconds", 3);
        try (PostgresServer server = PostgresServer.start(directory.resolve("data"));
                JournaledFixture fixture = new JournaledFixture(server.createDatabase())) {
            TrailWriter trail = fixture.trail(
                    new JournalSettings(directory.resolve("journal"), 1L << 30, 16 << 20, Duration.ofMillis(500)),
                    Duration.ofSeconds(30));
            TestDatabase database = fixture.database();
            server.kill();

            Traffic traffic = Traffic.start(fixture, trail, RATE);
            for (int second = 1; second <= seconds; second++) {
                long expected = (long) second * RATE;
                until(() -> traffic.recorded() >= expected);
            }
            long before = traffic.recorded();
            double waiting = fixture.counted("appended");
            server.restart();
            until(() -> fixture.counted("drained") > 0);
            double first = fixture.counted("drained");
            long started = System.nanoTime();
            drain(fixture, trail);
            double drained = fixture.counted("drained") - first;
            long nanos = System.nanoTime() - started;
            long sent = await(traffic.stop());
            await(trail.close());

            long lost = sent
                    - database.number("SELECT count(*) FROM botgate.intent JOIN botgate.outcome"
                            + " ON intent_at = intent.at AND intent_id = id AND close = 'succeeded'");
            List<Long> order =
                    database.rows("SELECT sequence FROM botgate.intent ORDER BY xmin::text::bigint, ctid").stream()
                            .map(Long::valueOf)
                            .toList();
            List<Long> expected = LongStream.rangeClosed(1, sent).boxed().toList();
            System.out.printf(
                    "outage: %d s, %d mutations, and %d while it was drained; %.0f entries were in the journal,"
                            + " drained at %.0f entries/s; %d lost, order %s%n",
                    seconds,
                    before,
                    sent - before,
                    waiting,
                    drained * 1e9 / nanos,
                    lost,
                    order.equals(expected) ? "kept" : "not kept");
            assertThat(lost).isZero();
            assertThat(order).isEqualTo(expected);
        }
    }

    /** Until the journal is empty, as long as that goes forward. */
    private static void drain(JournaledFixture fixture, TrailWriter trail) {
        while (trail.note().isPresent()) {
            double before = fixture.counted("drained");
            until(() -> trail.note().isEmpty() || fixture.counted("drained") > before);
        }
    }

    /** Exchanges that begin at a steady rate, and end as soon as they may, until told to stop. */
    static final class Traffic {
        private final JournaledFixture fixture;
        private final TrailWriter trail;
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong recorded = new AtomicLong();
        private final Promise<Long> over = Promise.promise();
        private volatile boolean stopping;

        private Traffic(JournaledFixture fixture, TrailWriter trail) {
            this.fixture = fixture;
            this.trail = trail;
        }

        static Traffic start(JournaledFixture fixture, TrailWriter trail, int perSecond) {
            Traffic traffic = new Traffic(fixture, trail);
            Vertx vertx = fixture.postgres().vertx();
            vertx.setPeriodic(1_000 / perSecond, timer -> {
                if (!traffic.stopping) {
                    traffic.send();
                } else if (vertx.cancelTimer(timer)) {
                    traffic.tellWhenOver();
                }
            });
            return traffic;
        }

        /** How many intents have become durable. */
        long recorded() {
            return recorded.get();
        }

        /** Begins no more, and tells how many were begun, once all of them are durable. */
        Future<Long> stop() {
            stopping = true;
            return over.future();
        }

        private void send() {
            Intent intent = Exchanges.intent(
                    fixture.ids().next(), "r" + sent.incrementAndGet(), "28:bot", "19:c", null, "SendToConversation");
            trail.begin(intent)
                    .onSuccess(durable -> {
                        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
                        recorded.incrementAndGet();
                        tellWhenOver();
                    })
                    .onFailure(over::tryFail);
        }

        private void tellWhenOver() {
            if (stopping && recorded.get() == sent.get()) {
                over.tryComplete(sent.get());
            }
        }
    }
}
