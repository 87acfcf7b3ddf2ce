package dev.botgate.cache;

import dev.botgate.exchange.Identified;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Building the key of a member list. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemberKeyBenchmark {
    private final Identified request = CacheRequest.members("19%3Abenchmark%40thread.tacv2")
            .with("Accept", "*/*")
            .with("Accept-Encoding", "gzip,deflate")
            .with("User-Agent", "Microsoft-BotFramework/3.1")
            .request();

    @Benchmark
    public Optional<ListKey> key() {
        return ListKey.of(request);
    }
}
