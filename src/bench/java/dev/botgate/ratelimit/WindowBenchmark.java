package dev.botgate.ratelimit;

import dev.botgate.ratelimit.PermitRequest.Scope;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.State;

/**
 * Deciding in memory: over 10,000 keys of one window, and of the seven that Teams has. Each key is asked for less
 * often than its limits allow, by a clock that costs nothing, so that what is measured is admission.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WindowBenchmark {
    private static final int KEYS = 10_000;

    /** Between two decisions: 50 a second of each key, of 100. */
    private static final int MICROS_OF_ONE = 2;

    /** 0.4 a second of each key, of the 0.5 that its hour allows. */
    private static final int MICROS_OF_SEVEN = 250;

    private long clock;
    private final MemoryStore one = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 1_000_000);
    private final MemoryStore seven = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 1_000_000);
    private final PermitRequest[] ones = new PermitRequest[KEYS];
    private final PermitRequest[] sevens = new PermitRequest[KEYS];
    private int next;

    public WindowBenchmark() {
        Limit single = SampleLimits.own("one", "100/1s", Duration.ofSeconds(5));
        Limit send = SampleLimits.own("send", "7/1s,8/2s,60/30s,1800/3600s", Duration.ofSeconds(5));
        Limit conversation = SampleLimits.shared("conversation", "14/1s,16/2s", Duration.ofSeconds(5));
        Limit tenant = SampleLimits.own("tenant", "50/1s", Duration.ofSeconds(5));
        for (int i = 0; i < KEYS; i++) {
            ones[i] = SampleLimits.ask(1, new Scope(single, "one|" + i));
            sevens[i] = SampleLimits.ask(
                    i,
                    new Scope(send, "send|" + i),
                    new Scope(conversation, "conversation|" + i),
                    new Scope(tenant, "tenant|" + i / 10));
        }
    }

    @Benchmark
    public Object oneWindow() {
        clock += MICROS_OF_ONE;
        return one.decideNow(ones[next()]);
    }

    @Benchmark
    public Object sevenWindows() {
        clock += MICROS_OF_SEVEN;
        return seven.decideNow(sevens[next()]);
    }

    private int next() {
        next = (next + 7) % KEYS;
        return next;
    }
}
