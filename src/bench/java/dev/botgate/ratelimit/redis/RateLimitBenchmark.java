package dev.botgate.ratelimit.redis;

import com.sun.management.OperatingSystemMXBean;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * What a decision costs in memory, and in Redis against a plain INCR in the same run; the argument {@code memory} or {@code
 * redis} is for that one alone. On Linux:
 *
 * <pre>{@code
 * mvn -q -Pbench test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp target/test-classes:target/classes:$(cat target/classpath) dev.botgate.ratelimit.redis.RateLimitBenchmark
 * }</pre>
 */
final class RateLimitBenchmark {
    private static final int KEYS = 10_000;
    private static final int ROUND_TRIPS = 60_000;

    private RateLimitBenchmark() {}

    public static void main(String[] args) throws Exception {
        System.out.printf(
                "Java %s, %d processors, load average %.1f%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Limit one = SampleLimits.own("one", "100/1s", Duration.ofSeconds(5));
        Limit send = SampleLimits.own("send", "7/1s,8/2s,60/30s,1800/3600s", Duration.ofSeconds(5));
        Limit conversation = SampleLimits.shared("conversation", "14/1s,16/2s", Duration.ofSeconds(5));
        Limit tenant = SampleLimits.own("tenant", "50/1s", Duration.ofSeconds(5));
        IntFunction<PermitRequest> single = i -> SampleLimits.ask(1, new Scope(one, "one|" + i));
        IntFunction<PermitRequest> teams = i -> SampleLimits.ask(
                i,
                new Scope(send, "send|" + i),
                new Scope(conversation, "conv|" + i),
                new Scope(tenant, "tenant|" + i / 10));
        if (!List.of(args).contains("redis")) {
            inMemoryAdmitted(one);
            inMemory("one window, one key, oversubscribed", i -> SampleLimits.ask(1, new Scope(one, "one")));
            inMemory("one window, 10,000 keys", single);
            inMemory("Teams' preset, 7 windows, 10,000 conversations, ten times oversubscribed", teams);
        }
        if (!List.of(args).contains("memory")) {
            inRedis(single, teams, i -> fleet(i, send, conversation, tenant));
        }
    }

    /**
     * What a fleet is asked whose limits are all used up, and whose queues are full: bots alone in a conversation, some
     * that share one, and one whose tenant's limit holds it back in many, in proportion to what they are allowed.
     */
    private static PermitRequest fleet(int i, Limit send, Limit conversation, Limit tenant) {
        int kind = i % 64;
        String bot = kind < 6 ? "alone-" + kind % 3 : kind < 14 ? "together-" + kind % 6 : "caster";
        String where = kind < 6 ? bot : kind < 14 ? "together" : "caster-" + i % 40;
        return SampleLimits.ask(
                bot.hashCode(),
                new Scope(send, "send|" + bot + "|" + where),
                new Scope(conversation, "conv|" + where),
                new Scope(tenant, "tenant|" + bot));
    }

    /** One key, whose window is half full, by a clock that costs nothing. */
    private static void inMemoryAdmitted(Limit limit) {
        PermitRequest ask = SampleLimits.ask(1, new Scope(limit, "one"));
        for (int round = 0; round < 4; round++) {
            long[] clock = {0};
            MemoryStore store = new MemoryStore(() -> clock[0] += 20_000, SampleLimits.THROTTLED, 1_000_000);
            long admitted = 0;
            long count = 10_000_000;
            long cpu = cpu();
            for (long i = 0; i < count; i++) {
                admitted += store.decideNow(ask).admitted() ? 1 : 0;
            }
            System.out.printf(
                    "memory, one window, one key, by a ticker: %d ns CPU a decision, %d %% admitted%n",
                    (cpu() - cpu) / count, 100 * admitted / count);
        }
    }

    private static void inMemory(String what, IntFunction<PermitRequest> asks) {
        List<PermitRequest> all = asks(asks);
        for (int round = 0; round < 4; round++) {
            MemoryStore store = new MemoryStore(Ticker.system(), SampleLimits.THROTTLED, 1_000_000);
            long admitted = 0;
            long count = 3_000_000;
            long cpu = cpu();
            long began = System.nanoTime();
            for (int i = 0; i < count; i++) {
                admitted += store.decideNow(all.get((i * 7) % KEYS)).admitted() ? 1 : 0;
            }
            long took = System.nanoTime() - began;
            System.out.printf(
                    "memory, %s: %d ns a decision, %d ns CPU, %d %% admitted%n",
                    what, took / count, (cpu() - cpu) / count, 100 * admitted / count);
        }
    }

    private static void inRedis(
            IntFunction<PermitRequest> single, IntFunction<PermitRequest> teams, IntFunction<PermitRequest> fleet)
            throws Exception {
        Vertx vertx = Vertx.vertx();
        try (TestRedis redis = new TestRedis()) {
            Stores stores = new Stores(vertx);
            RedisStore store =
                    stores.start(redis.settings(), SampleSettings.of(StoreOutagePolicy.REFUSE, Duration.ofSeconds(1)));
            RedisConnection plain = await(Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port())
                    .connect());
            List<PermitRequest> ones = asks(single);
            List<PermitRequest> presets = asks(teams);
            List<PermitRequest> overload = asks(fleet);
            for (int depth : new int[] {8, 8, 64, 64}) {
                depth(
                        "INCR",
                        depth,
                        plain,
                        i -> plain.send(Request.cmd(Command.INCR).arg("n" + i % KEYS)));
                depth("one window", depth, plain, i -> store.decide(ones.get(i % KEYS)));
                depth("Teams' preset", depth, plain, i -> store.decide(presets.get(i % KEYS)));
                depth("Teams' preset, all used up", depth, plain, i -> store.decide(overload.get(i % KEYS)));
            }
            stores.close();
        }
        await(vertx.close());
    }

    private static void depth(String what, int depth, RedisConnection plain, IntFunction<Future<?>> ask)
            throws Exception {
        double server = serverCpu(plain);
        AtomicInteger next = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(ROUND_TRIPS);
        long cpu = cpu();
        long began = System.nanoTime();
        for (int i = 0; i < depth; i++) {
            go(ask, next, done);
        }
        if (!done.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException(what + " did not end");
        }
        long took = System.nanoTime() - began;
        System.out.printf(
                "redis, depth %d, %s: %d a second, one round trip each, %.1f us CPU of this process, %.1f us of Redis%n",
                depth,
                what,
                ROUND_TRIPS * 1_000_000_000L / took,
                (cpu() - cpu) / 1_000.0 / ROUND_TRIPS,
                (serverCpu(plain) - server) * 1e6 / ROUND_TRIPS);
    }

    /** What the server has used, in seconds. */
    private static double serverCpu(RedisConnection plain) throws Exception {
        String info = await(plain.send(Request.cmd(Command.INFO).arg("cpu"))).toString();
        return info.lines()
                .filter(line -> line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    private static void go(IntFunction<Future<?>> ask, AtomicInteger next, CountDownLatch done) {
        int i = next.getAndIncrement();
        if (i < ROUND_TRIPS) {
            ask.apply(i).onComplete(answered -> {
                done.countDown();
                go(ask, next, done);
            });
        }
    }

    private static List<PermitRequest> asks(IntFunction<PermitRequest> asks) {
        List<PermitRequest> all = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            all.add(asks.apply(i));
        }
        return all;
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
