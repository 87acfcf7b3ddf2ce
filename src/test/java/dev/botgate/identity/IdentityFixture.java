package dev.botgate.identity;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.TestSettings;
import dev.botgate.testing.TestVertx;
import dev.botgate.testing.UnreadBody;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;

/** A verifying filter on an event loop of its own, by a clock that the test moves. */
final class IdentityFixture implements AutoCloseable {
    static final Duration SKEW = Duration.ofMinutes(5);

    final ManualScheduler time = new ManualScheduler();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final TrustedIssuers issuers;

    private final long places;
    private final Vertx vertx = TestVertx.create();
    private final Context context = vertx.getOrCreateContext();
    private final VerifiedIdentity filter;
    private final List<Caller> letIn = new CopyOnWriteArrayList<>();

    private IdentityFixture(IdentitySettings settings) {
        places = settings.issuers().values().stream()
                .map(IssuerSettings::keyLocation)
                .distinct()
                .count();
        issuers = new TrustedIssuers(vertx, settings, time, time::nanos, registry);
        filter = new VerifiedIdentity(settings, issuers, time, registry);
    }

    /** A gate whose keys were asked for once, if in vain. */
    static IdentityFixture started(Map<String, IssuerSettings> issuers) {
        IdentityFixture gate = unstarted(issuers);
        await(gate.issuers.start());
        gate.settle();
        return gate;
    }

    /** A gate that has not asked for keys. */
    static IdentityFixture unstarted(Map<String, IssuerSettings> issuers) {
        return unstarted(issuers, Duration.ofSeconds(20));
    }

    static IdentityFixture unstarted(Map<String, IssuerSettings> issuers, Duration fetchTimeout) {
        return new IdentityFixture(settings(issuers, fetchTimeout));
    }

    private static IdentitySettings settings(Map<String, IssuerSettings> issuers, Duration fetchTimeout) {
        return TestSettings.with(
                TestSettings.PACKAGED.identity(),
                "mode",
                IdentitySettings.Mode.VERIFIED,
                "issuers",
                new HashMap<>(issuers),
                "audiences",
                List.of(Jwt.AUDIENCE),
                "clockSkew",
                SKEW,
                "fetchTimeout",
                fetchTimeout,
                "maximumRemembered",
                100);
    }

    Instant now() {
        return time.instant();
    }

    /** Waits until no fetch is under way. */
    void settle() {
        until(() -> time.waiting() == places);
    }

    /** Lets time pass, and waits for the fetches that this begins. */
    void pass(Duration duration) {
        time.pass(duration);
        settle();
    }

    /** Who the request with this token is by, to those behind the gate. */
    Caller ask(String token) {
        return request("Bearer " + token);
    }

    Caller request(String... authorization) {
        int before = letIn.size();
        await(begin(authorization));
        if (letIn.size() != before + 1) {
            throw new AssertionError("The request went on " + (letIn.size() - before) + " times");
        }
        return letIn.get(before);
    }

    /** The refusal of such a request, of which nobody behind the gate hears. */
    GatewayException refusal(String... authorization) {
        int before = letIn.size();
        try {
            await(begin(authorization));
        } catch (GatewayException refused) {
            if (letIn.size() != before) {
                throw new AssertionError("The request went on, and was refused", refused);
            }
            return refused;
        } catch (CompletionException broken) {
            throw new AssertionError("No refusal", broken);
        }
        throw new AssertionError("Let in as " + letIn.get(before));
    }

    Future<Reply> begin(String... authorization) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (String value : authorization) {
            headers.add("Authorization", value);
        }
        Promise<Reply> replied = Promise.promise();
        context.runOnContext(
                ignored -> filter.apply(arrival(headers), this::letIn).onComplete(reply -> replied.handle(reply)));
        return replied.future();
    }

    double count(String result) {
        return registry.counter("botgate.identity.tokens", "result", result).count();
    }

    @Override
    public void close() {
        await(issuers.close());
        TestVertx.close(vertx);
    }

    private Future<Reply> letIn(Identified identified) {
        if (Vertx.currentContext() != context) {
            throw new AssertionError("Not on the request's event loop");
        }
        letIn.add(identified.caller());
        return Future.succeededFuture(
                new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Absent(-1)));
    }

    private static Arrival arrival(MultiMap headers) {
        return new Arrival(
                new RequestHead(
                        "request-1",
                        Instant.EPOCH,
                        "GET",
                        "teams",
                        "/v3/conversations",
                        RouteTable.match("GET", "/v3/conversations"),
                        headers,
                        new Peer("127.0.0.1", "http", "gate")),
                new UnreadBody(0));
    }

    /** Time that moves when it is told to, and runs what is due then; safe on any thread. */
    static final class ManualScheduler implements KeySource.Scheduler, InstantSource {
        static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

        private final List<Duration> asked = new CopyOnWriteArrayList<>();
        private final List<Task> tasks = new ArrayList<>();
        private Duration passed = Duration.ZERO;

        private record Task(Duration at, Runnable action) {}

        @Override
        public synchronized Runnable schedule(Duration delay, Runnable action) {
            Task task = new Task(passed.plus(delay), action);
            asked.add(delay);
            tasks.add(task);
            return () -> remove(task);
        }

        @Override
        public synchronized Instant instant() {
            return START.plus(passed);
        }

        /** Begins below zero, as a nano time may. */
        synchronized long nanos() {
            return Long.MIN_VALUE / 2 + passed.toNanos();
        }

        /** The delays that were asked for, in order. */
        List<Duration> asked() {
            return List.copyOf(asked);
        }

        synchronized int waiting() {
            return tasks.size();
        }

        void pass(Duration duration) {
            List<Task> due;
            synchronized (this) {
                passed = passed.plus(duration);
                due = tasks.stream()
                        .filter(task -> task.at().compareTo(passed) <= 0)
                        .toList();
                tasks.removeAll(due);
            }
            due.forEach(task -> task.action().run());
        }

        private synchronized void remove(Task task) {
            tasks.remove(task);
        }
    }
}
