package dev.botgate.endtoend.fleet;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;

import io.netty.util.ResourceLeakDetector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Bots that ask at random moments, of any of the gateways, and never mind what they are answered. Netty's search for leaks
 * rests meanwhile: it would take most of the machine.
 */
final class FleetLoad implements AutoCloseable {
    private static final int PULSE_MILLIS = 5;

    /** What could not be asked in time is not asked later, in seconds. */
    private static final double MOST_BEHIND = 0.1;

    private static final Buffer BODY = Buffer.buffer("{\"type\":\"message\",\"text\":\"" + "x".repeat(300) + "\"}");

    private final Vertx vertx;
    private final List<Integer> ports;
    private final List<LoadBot> askers;
    private final HttpClient client;
    private final Random random;
    private final double[] next;
    private final long began = System.nanoTime();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong count = new AtomicLong();
    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final String name;
    private final Map<Integer, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final List<Long> refusedNanos = new ArrayList<>();
    private long phaseBegan = began;
    private int refusedLate;
    private final ResourceLeakDetector.Level usual = ResourceLeakDetector.getLevel();
    private volatile boolean stopped;
    private volatile @Nullable String throttled;

    private FleetLoad(Vertx vertx, List<Integer> ports, List<LoadBot> askers, long seed) {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        this.vertx = vertx;
        this.ports = ports;
        this.askers = askers;
        this.name = "ask-" + seed + "-";
        this.random = new Random(seed);
        this.next = new double[askers.size()];
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(2_000), new PoolOptions().setHttp1MaxSize(2_000));
        for (int i = 0; i < next.length; i++) {
            next[i] = gap(askers.get(i));
        }
    }

    /** Begins to ask of the gateways at {@code ports}. */
    static FleetLoad start(Vertx vertx, List<Integer> ports, List<LoadBot> askers, long seed) {
        FleetLoad flood = new FleetLoad(vertx, ports, askers, seed);
        flood.pulse(0);
        return flood;
    }

    private double gap(LoadBot asker) {
        return -Math.log(1 - random.nextDouble()) / asker.perSecond();
    }

    private void pulse(long timer) {
        if (!stopped) {
            ask();
            var unused = vertx.setTimer(PULSE_MILLIS, this::pulse);
        }
    }

    private void ask() {
        double now = (System.nanoTime() - began) / 1e9;
        for (int i = 0; i < next.length; i++) {
            next[i] = Math.max(next[i], now - MOST_BEHIND);
            for (; next[i] <= now; next[i] += gap(askers.get(i))) {
                ask(askers.get(i));
            }
        }
    }

    private void ask(LoadBot asker) {
        int port = ports.get(random.nextInt(ports.size()));
        String id = name + count.incrementAndGet();
        long began = System.nanoTime();
        sent.put(id, began);
        running.incrementAndGet();
        client.request(HttpMethod.POST, port, "127.0.0.1", asker.path())
                .compose(request -> request.putHeader("Content-Type", "application/json")
                        .putHeader("Authorization", asker.authorization())
                        .putHeader("x-ms-client-request-id", id)
                        .send(BODY))
                .compose(response -> status(response, id))
                .timeout(60, TimeUnit.SECONDS)
                .otherwise(0)
                .onSuccess(status -> answered(status, began))
                .onComplete(done -> running.decrementAndGet());
    }

    private Future<Integer> status(HttpClientResponse response, String id) {
        return response.body().map(body -> {
            if (response.statusCode() == 429 && byConnector(body)) {
                throttled = id;
            }
            return response.statusCode();
        });
    }

    /** The gateway's own refusals name the limit. */
    private static boolean byConnector(Buffer body) {
        return body.toString().contains("Too many requests.");
    }

    /** The request that the connector itself answered with 429, if there was one. */
    Optional<String> throttledByConnector() {
        return Optional.ofNullable(throttled);
    }

    private void answered(int status, long sent) {
        answers.computeIfAbsent(status, first -> new LongAdder()).increment();
        if (status == 429) {
            synchronized (refusedNanos) {
                if (sent - phaseBegan >= 0) {
                    refusedNanos.add(System.nanoTime() - sent);
                } else {
                    refusedLate++;
                }
            }
        }
    }

    /** Lets the gateways' processes do everything once, so that the first requests that count are no slower than others. */
    static void warmUp(Vertx vertx, List<Integer> ports, String prefix) {
        for (int round = 0; round < 10; round++) {
            List<LoadBot> askers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                askers.add(new LoadBot("%s-%d-%d".formatted(prefix, round, i), prefix + "-" + round + "-" + i, 0.001));
            }
            try (FleetLoad once = new FleetLoad(vertx, ports, askers, round)) {
                askers.forEach(once::ask);
                until(once::over);
            }
        }
    }

    /** How long ago this began. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** How many requests were asked so far. */
    long asked() {
        return count.get();
    }

    /** When each request was sent, by the system's monotonic clock. */
    Map<String, Long> sent() {
        return sent;
    }

    /** How many were answered with each status; 0 for no answer. */
    Map<Integer, LongAdder> answers() {
        return answers;
    }

    /**
     * Refusals, as clients see them.
     *
     * @param count of what was asked in a phase and refused in it
     * @param millis how long half of them took at most, and 99 and 99.9 of a hundred
     * @param late of what was asked before: it waited, and was refused in this phase
     */
    record Refusals(int count, List<String> millis, int late) {
        @Override
        public String toString() {
            return "%d refusals took %s ms (p50, p99, p99.9), %d more were of what had waited before"
                    .formatted(count, millis, late);
        }
    }

    /** The refusals since the last look, with which a phase begins. */
    Refusals refusals() {
        synchronized (refusedNanos) {
            List<Long> sorted = refusedNanos.stream().sorted().toList();
            List<String> millis = new ArrayList<>();
            for (double part : new double[] {0.5, 0.99, 0.999}) {
                millis.add("%.1f".formatted(sorted.isEmpty() ? 0 : sorted.get((int) (sorted.size() * part)) / 1e6));
            }
            Refusals refusals = new Refusals(sorted.size(), millis, refusedLate);
            refusedNanos.clear();
            refusedLate = 0;
            phaseBegan = System.nanoTime();
            return refusals;
        }
    }

    /** Stops asking. */
    void stop() {
        stopped = true;
    }

    /** Whether everything that was asked has been answered. */
    boolean over() {
        return running.get() == 0;
    }

    @Override
    public void close() {
        stop();
        await(client.close());
        ResourceLeakDetector.setLevel(usual);
    }

    /**
     * A bot that sends to one conversation, whatever it is answered.
     *
     * @param perSecond how often, on average
     */
    record LoadBot(String bot, String conversation, double perSecond) {
        private static final String SHOWN = "Bearer x.";

        /** A token that names the bot; its tenant is the bot's own. */
        String authorization() {
            String claims = "{\"appid\":\"" + bot + "\",\"tid\":\"tenant-of-" + bot + "\"}";
            return SHOWN
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                    + ".y";
        }

        String path() {
            return "/v3/conversations/" + conversation + "/activities";
        }
    }
}
