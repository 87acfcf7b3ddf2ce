package dev.botgate.audit.postgres;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Making an intent, which includes its id and a short text as its body; and a batch's parameters, for each of 16 entries of
 * an intent and an outcome: the columns of all rows up to the statement's tuple, not what the client makes of that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EntryBenchmark {
    private static final int BATCH = 16;

    private final List<Intent> intents = IntStream.range(0, BATCH)
            .mapToObj(i -> Exchanges.intent("request-" + i))
            .toList();
    private final List<Outcome> outcomes = intents.stream()
            .map(intent -> Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED, "1700000000000"))
            .toList();

    @Benchmark
    public Intent intent() {
        return Exchanges.intent("request");
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Tuple parameters() {
        return Tables.parametersWithoutAttempts(new Tables.Rows(intents, List.of(), outcomes));
    }
}
