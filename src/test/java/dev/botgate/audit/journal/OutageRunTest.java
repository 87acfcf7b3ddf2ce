package dev.botgate.audit.journal;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Close;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.JournalSettings;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is down for long, at 200 mutations a second; {@code -Doutage.seconds=600} for the real length. */
class OutageRunTest {
    private static final int RATE = 200;

    @TempDir
    Path directory;

    @Test
    void nothingOfALongOutageIsLost_andTheOrderIsKept() {
        int seconds = Integer.getInteger("outage.seconds", 5);
        try (PostgresServer server = PostgresServer.start(directory.resolve("data"));
                JournaledFixture fixture = new JournaledFixture(server.createDatabase())) {
            JournaledTrail trail = fixture.trail(
                    new JournalSettings(directory.resolve("journal"), 1L << 30, 16 << 20, Duration.ofMillis(500)));
            TestDatabase database = fixture.database();
            server.kill();

            int begun = 0;
            for (int second = 0; second < seconds; second++) {
                begun += sentInASecond(fixture, trail);
            }
            double waiting = fixture.counted("appended");
            server.restart();
            until(() -> fixture.counted("drained") > 0);
            double first = fixture.counted("drained");
            long started = System.nanoTime();
            until(() -> trail.note().isEmpty());
            double drained = fixture.counted("drained") - first;
            long nanos = System.nanoTime() - started;

            System.out.printf(
                    "outage: %d s, %d mutations, %.0f entries in the journal, drained at %.0f entries/s%n",
                    seconds, begun, waiting, drained * 1e9 / nanos);
            assertThat(begun).isEqualTo(seconds * RATE);
            assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(begun);
            assertThat(database.number("SELECT count(*) FROM botgate.outcome WHERE close = 'succeeded'"))
                    .isEqualTo(begun);
            List<Long> order =
                    database.rows("SELECT sequence FROM botgate.intent ORDER BY xmin::text::bigint, ctid").stream()
                            .map(Long::valueOf)
                            .toList();
            assertThat(order).isEqualTo(LongStream.rangeClosed(1, begun).boxed().toList());
        }
    }

    /** Sends for a second, and gives how many were recorded. */
    private static int sentInASecond(JournaledFixture fixture, JournaledTrail trail) {
        Vertx vertx = fixture.postgres().vertx();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger recorded = new AtomicInteger();
        Promise<Void> all = Promise.promise();
        long timer = vertx.setPeriodic(1_000 / RATE, ignored -> {
            int number = sent.incrementAndGet();
            if (number <= RATE) {
                Intent intent = Exchanges.intent(
                        fixture.ids().next(), "r" + number, "28:bot", "19:c", null, "SendToConversation");
                trail.begin(intent)
                        .onSuccess(durable -> {
                            trail.end(Exchanges.outcome(intent, Close.SUCCEEDED));
                            if (recorded.incrementAndGet() == RATE) {
                                all.complete();
                            }
                        })
                        .onFailure(all::fail);
            }
        });
        await(all.future().onComplete(done -> vertx.cancelTimer(timer)));
        return recorded.get();
    }
}
