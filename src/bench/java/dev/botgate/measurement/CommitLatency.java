package dev.botgate.measurement;

import static dev.botgate.testing.Await.await;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseSettings;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.audit.postgres.Partitions;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.embedded.EmbeddedDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How long an intent takes to be durable, at a steady rate of mutations, against what the database itself takes for one
 * commit of one row meanwhile.
 *
 * <p>The trail alone, with a PostgreSQL of its own whose commits are durable: intents begin at their due times, whether the
 * ones before are durable or not, and each has its outcome recorded once it is. Run it
 * as {@link dev.botgate.measurement} says; the arguments are mutations in a second, 4000 unless given, seconds, 10 unless
 * given, and {@code audit.maximum-batch}, 1000 unless given.
 */
final class CommitLatency {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private CommitLatency() {}

    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4_000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        int batch = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000;
        Path directory = Files.createTempDirectory("botgate-commit-latency");
        Vertx vertx = Vertx.vertx();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory.resolve("postgres"))) {
            DatabaseAddress address = new DatabaseAddress(
                    database.url(),
                    new DatabaseSettings(
                            database.url(), database.user(), database.password(), "botgate", directory, LIMIT, true));
            new Migrations(address).migrate().forEach(applied -> {});
            await(new Partitions(vertx, address, InstantSource.system()).start());
            try (Connection probe =
                    DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password())) {
                measure(vertx, address, probe, rate, seconds, batch);
            }
        } finally {
            await(vertx.close());
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> {
                    var unused = file.toFile().delete();
                });
            }
        }
    }

    private static void measure(
            Vertx vertx, DatabaseAddress address, Connection probe, int rate, int seconds, int batch) throws Exception {
        try (Statement statement = probe.createStatement()) {
            statement.execute("CREATE TABLE public.probe (body bytea)");
            statement.execute("SET synchronous_commit = on");
        }
        PrintStream out = System.out;
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TrailWriter trail = await(TrailWriter.start(
                vertx,
                PostgresStore.at(vertx, address, Exchanges.ids().gateway(), LIMIT, Future::succeededFuture),
                Exchanges.settings(LIMIT, 100_000, batch),
                Exchanges.ids(),
                InstantSource.system(),
                registry));
        out.println("warming up; " + Machine.load());
        Latencies unused = mutations(trail, rate, Math.max(2, seconds / 2));
        out.println("one-row commits, alone:  " + commits(probe, TimeUnit.SECONDS.toNanos(2), new AtomicBoolean(true)));
        double commitsBefore = registry.get("botgate.audit.commit").timer().count();
        double entriesBefore = registry.get("botgate.audit.batch").summary().totalAmount();
        AtomicBoolean running = new AtomicBoolean(true);
        Latencies[] meanwhile = new Latencies[1];
        Thread prober = new Thread(() -> meanwhile[0] = commits(probe, Long.MAX_VALUE, running), "prober");
        prober.start();
        Latencies intents = mutations(trail, rate, seconds);
        running.set(false);
        prober.join();
        double commits = registry.get("botgate.audit.commit").timer().count() - commitsBefore;
        double entries = registry.get("botgate.audit.batch").summary().totalAmount() - entriesBefore;
        out.println("one-row commits, meanwhile:  " + meanwhile[0]);
        out.println("intents until durable:       " + intents);
        out.printf(
                Locale.ROOT,
                "%,d mutations/s asked, %,.0f commits/s of %.1f entries; intent's p99 less commit's p99: %.2f ms; %s%n",
                rate,
                commits / seconds,
                entries / commits,
                intents.millis(0.99) - meanwhile[0].millis(0.99),
                Machine.load());
        await(trail.close());
    }

    /** Commits one row after the other, with a breath between two, until told to stop or {@code nanos} have gone by. */
    private static Latencies commits(Connection probe, long nanos, AtomicBoolean running) {
        Latencies latencies = new Latencies();
        long started = System.nanoTime();
        try (var insert = probe.prepareStatement("INSERT INTO public.probe VALUES (?)")) {
            insert.setBytes(1, new byte[2_000]);
            while (running.get() && System.nanoTime() - started < nanos) {
                long before = System.nanoTime();
                int rows = insert.executeUpdate();
                latencies.add((System.nanoTime() - before) * rows);
                LockSupport.parkNanos(5_000_000);
            }
            return latencies;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Latencies mutations(TrailWriter trail, int rate, int seconds) {
        Latencies latencies = new Latencies();
        AtomicInteger left = new AtomicInteger(rate * seconds);
        long started = System.nanoTime();
        for (int i = 0; i < rate * seconds; i++) {
            long due = started + i * 1_000_000_000L / rate;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            Intent intent = Exchanges.intent("request " + i + "x".repeat(1_500));
            long begun = System.nanoTime();
            Future<Void> durable = trail.begin(intent);
            durable.onComplete(done -> {
                if (done.succeeded()) {
                    trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
                }
                synchronized (latencies) {
                    latencies.add(done.succeeded() ? System.nanoTime() - begun : LIMIT.toNanos());
                }
                left.decrementAndGet();
            });
        }
        while (left.get() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        synchronized (latencies) {
            return latencies;
        }
    }

    /** Times that something took. Not for several threads. */
    static final class Latencies {
        private long[] nanos = new long[1_024];
        private int count;

        void add(long taken) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = taken;
        }

        int count() {
            return count;
        }

        /** The time within which {@code share} of them lie, in milliseconds. */
        double millis(double share) {
            if (count == 0) {
                return Double.NaN;
            }
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return sorted[Math.min(count - 1, (int) (share * count))] / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms (%d)",
                    millis(0.5),
                    millis(0.99),
                    millis(0.999),
                    millis(1),
                    count);
        }
    }
}
