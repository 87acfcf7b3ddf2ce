package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.AuditAnswer;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.AuditFilter;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.PostgresServer;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database dies, with every process, in the middle of the work. */
class RefusingOutageTest {
    @TempDir
    Path directory;

    private PostgresServer server;
    private TrailFixture fixture;
    private TrailWriter trail;

    @BeforeEach
    void start() {
        server = PostgresServer.start(directory.resolve("data"));
        fixture = new TrailFixture(server.createDatabase());
        trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(4)));
    }

    @AfterEach
    void stop() {
        fixture.close();
        server.close();
    }

    @Test
    void whileTheDatabaseIsDead_mutationsAreRefusedAndNotForwarded_andAfterwardsTheyGoOn() {
        AtomicInteger forwarded = new AtomicInteger();
        AuditFilter filter = new AuditFilter(
                trail,
                Exchanges.ids(),
                Exchanges.recording(),
                AuditAnswer.AT_ONCE,
                InstantSource.system(),
                System::nanoTime);
        server.kill();

        List<Future<Reply>> during =
                IntStream.range(0, 20).mapToObj(i -> send(filter, forwarded)).toList();

        assertThat(during).allSatisfy(reply -> assertThatThrownBy(() -> await(reply))
                .isInstanceOfSatisfying(GatewayException.class, refused -> {
                    assertThat(refused.failure()).isEqualTo(Failure.AUDIT_UNAVAILABLE);
                    assertThat(refused.retryAfter()).isPresent();
                }));
        assertThat(forwarded).hasValue(0);
        assertThat(trail.problem()).isPresent();
        server.restart();
        until(() -> trail.problem().isEmpty());
        assertThat(await(send(filter, forwarded)).status()).isEqualTo(201);
        assertThat(forwarded).hasValue(1);
        await(trail.close());
        assertThat(fixture.entries()).isNotEmpty().allSatisfy(entry -> assertThat(entry.outcome())
                .as("no intent is left open")
                .isNotNull());
    }

    @Test
    void whatWasUnderWayWhenTheDatabaseDied_getsItsOutcomeOnceItIsBack() {
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));
        server.kill();
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        until(() -> trail.problem().isPresent());

        server.restart();

        until(() -> trail.problem().isEmpty());
        await(trail.close());
        assertThat(fixture.entries())
                .containsExactly(new AuditEntry(intent, Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED)));
    }

    @Test
    void whenClosedWhileTheDatabaseIsDead_whatIsLostIsTold() {
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));
        server.kill();
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));

        Future<Void> closed = trail.close();

        assertThatThrownBy(() -> await(closed)).hasMessageContaining("1 entries");
        server.restart();
    }

    private static Future<Reply> send(AuditFilter filter, AtomicInteger forwarded) {
        String uri = "/v3/conversations/c/activities";
        return filter.apply(Exchanges.call("POST", uri, Exchanges.json("{}")), ignored -> {
            forwarded.incrementAndGet();
            return Future.succeededFuture(Exchanges.reply(201, "{\"id\":\"1\"}"));
        });
    }
}
