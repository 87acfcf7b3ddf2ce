package dev.botgate.hammer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import dev.botgate.audit.AuditAnswer;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.sandbox.ReceivedRequest;
import dev.botgate.sandbox.Sandbox;
import dev.botgate.sandbox.SandboxSettings;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestProcesses;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Rounds of load and blows, each followed by an audit of the audit. */
final class CrashHammer implements AutoCloseable {
    private static final long JOURNAL_BYTES = 128 << 10;
    /** So many mutations have to succeed before a blow falls, and after it. */
    static final int AT_WORK = 50;

    private final Vertx vertx;
    private final TestProcesses children;
    private final PostgresServer server;
    private final Sandbox sandbox;
    private final RestartableGateway gateway;
    private final TrailComparison ledger;
    private final SplittableRandom random;
    private final List<String> faults = new ArrayList<>();
    private long mutations;
    private long slowestCloseMillis;
    /** How long a 503 took where there was no room for a record. */
    private final List<Long> refusalMicros = new ArrayList<>();

    CrashHammer(Vertx vertx, Path directory, OutagePolicy policy, AuditAnswer answer, long seed) {
        this.vertx = vertx;
        this.random = new SplittableRandom(seed);
        this.children = new TestProcesses();
        this.server = PostgresServer.start(directory.resolve("data"));
        TestDatabase database = server.createDatabase();
        this.sandbox = await(Sandbox.start(vertx, new SandboxSettings("127.0.0.1", 0)));
        this.gateway = RestartableGateway.start(children, database.url(), sandbox.url(), policy, answer, JOURNAL_BYTES);
        this.ledger = new TrailComparison(database, policy, answer);
    }

    /** What was wrong so far. */
    List<String> faults() {
        return faults;
    }

    long mutations() {
        return mutations;
    }

    /** How long the last intent of a round took to be closed, at most, once everything was running again. */
    long slowestCloseMillis() {
        return slowestCloseMillis;
    }

    /** How long refusals took where there was no room for a record. */
    String refusals() {
        if (refusalMicros.isEmpty()) {
            return "nothing was refused";
        }
        List<Long> sorted = refusalMicros.stream().sorted().toList();
        return String.format(
                "%d refusals took %.1f ms at the median, %.1f ms at the 99th percentile",
                sorted.size(), sorted.get(sorted.size() / 2) / 1e3, sorted.get(sorted.size() * 99 / 100) / 1e3);
    }

    void round(int number, Disruption blow) {
        String name = "round" + number;
        sandbox.clearReceived();
        HammerLoad load = HammerLoad.start(vertx, gateway.port(), name, random.nextInt(1, 10));
        until(() -> load.created() >= AT_WORK);
        pause(0, 500);
        strike(blow);
        int whenOver = load.created();
        until(() -> load.created() >= whenOver + AT_WORK);
        pause(0, 300);
        Map<String, HammerLoad.Answer> answers = await(load.stop());
        if (blow == Disruption.JOURNAL_FULL || blow == Disruption.DISK_FULL) {
            answers.values().stream()
                    .filter(answer -> answer.status() == 503)
                    .forEach(answer -> refusalMicros.add(answer.micros()));
        }
        long running = System.nanoTime();
        until(() -> ledger.open() == 0 && journalIsEmpty());
        slowestCloseMillis = Math.max(slowestCloseMillis, (System.nanoTime() - running) / 1_000_000);
        List<ReceivedRequest> received = sandbox.received();
        mutations += received.size();
        List<String> found = ledger.faults(name, received, answers);
        found.forEach(fault -> faults.add(blow + ": " + fault));
        System.out.printf(
                "round %d %s: %d sent, %d received, %d answered 201 by the end of the blow, %d faults%n",
                number, blow, answers.size(), received.size(), whenOver, found.size());
    }

    private void strike(Disruption blow) {
        switch (blow) {
            case GATEWAY_KILLED -> {
                gateway.kill();
                gateway.restart();
            }
            case DATABASE_KILLED -> {
                server.kill();
                pause(50, 500);
                server.restart();
            }
            case BOTH_KILLED -> {
                server.kill();
                gateway.kill();
                server.restart();
                gateway.restart();
            }
            case GATEWAY_KILLED_DURING_OUTAGE -> {
                server.kill();
                pause(0, 500);
                gateway.kill();
                server.restart();
                gateway.restart();
            }
            case GATEWAY_KILLED_WHILE_DRAINING -> {
                server.kill();
                pause(100, 500);
                server.restart();
                pause(0, 300);
                gateway.kill();
                gateway.restart();
            }
            case JOURNAL_FULL -> {
                server.kill();
                pause(1_000, 2_000);
                server.restart();
            }
            case GATEWAY_STARTED_DURING_OUTAGE -> {
                server.kill();
                gateway.kill();
                gateway.restart();
                pause(0, 500);
                server.restart();
            }
            case DATABASE_FROZEN -> {
                server.freeze();
                pause(300, 2_500);
                server.thaw();
            }
            case DISK_FULL -> {
                fillTheDisk();
                gateway.endlessFiles();
                server.restart();
            }
            case GATEWAY_KILLED_WITH_DISK_FULL -> {
                fillTheDisk();
                gateway.kill();
                server.restart();
                gateway.restart();
            }
        }
    }

    /** First in the middle of a record, and then for whatever is written. */
    private void fillTheDisk() {
        server.kill();
        pause(50, 400);
        gateway.filesOfAtMost(random.nextInt(1, 16_384));
        pause(50, 300);
        gateway.filesOfAtMost(0);
        pause(50, 300);
    }

    /** Segments are deleted once everything in them is in the database. */
    private boolean journalIsEmpty() {
        Path journal = children.directory().resolve("journal");
        String[] segments = journal.toFile().list((directory, name) -> name.endsWith(".journal"));
        return segments == null || segments.length == 0;
    }

    /** A time drawn at random, so that blows fall at any instant. */
    private void pause(int least, int most) {
        Promise<Void> over = Promise.promise();
        vertx.setTimer(1 + random.nextInt(least, most), ignored -> over.complete());
        await(over.future());
    }

    @Override
    public void close() {
        children.close();
        await(sandbox.close());
        server.close();
    }

    /** What is done to a gateway, its database and its disk in the middle of the work. Instants are drawn anew for each. */
    enum Disruption {
        /** The gateway just after the database has come back. */
        GATEWAY_KILLED_WHILE_DRAINING,
        /** The disk is full while the journal is needed. */
        DISK_FULL,
        /** The gateway, which starts again while the database is still away. */
        GATEWAY_STARTED_DURING_OUTAGE,
        /** The gateway while the disk is full, with outcomes that are nowhere yet. */
        GATEWAY_KILLED_WITH_DISK_FULL,
        /** Both at once. */
        BOTH_KILLED,
        /** The database says nothing for a while, and then goes on as if nothing had happened. */
        DATABASE_FROZEN,
        GATEWAY_KILLED,
        DATABASE_KILLED,
        /** The gateway while it writes to its journal, so that the next one finds that. */
        GATEWAY_KILLED_DURING_OUTAGE,
        /** The database for so long that the journal is full. */
        JOURNAL_FULL;

        /** What would leave a reply without an outcome that did not wait for it. */
        static List<Disruption> ofRecordedAnswers() {
            return List.of(GATEWAY_KILLED, BOTH_KILLED);
        }

        /** What can be done to a gateway of {@code policy}; the first few are what a short run does. */
        static List<Disruption> on(OutagePolicy policy) {
            return policy == OutagePolicy.JOURNAL
                    ? List.of(values())
                    : List.of(BOTH_KILLED, DATABASE_FROZEN, GATEWAY_KILLED, DATABASE_KILLED);
        }
    }
}
