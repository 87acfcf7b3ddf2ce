package dev.botgate.identity;

import dev.botgate.exchange.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The time from a bearer token to its caller, parsed or remembered. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IdentityBenchmark {
    private final List<String> authorization = List.of("Bearer " + part("{\"alg\":\"RS256\"}") + "."
            + part("{\"aud\":\"https://api.botframework.com\",\"iss\":\"https://sts.windows.net/1/\",\"aio\":\""
                    + "x".repeat(200) + "\",\"appid\":\"11111111-2222-3333-4444-555555555555\","
                    + "\"tid\":\"99999999-8888-7777-6666-555555555555\",\"ver\":\"1.0\"}")
            + "." + part("s".repeat(256)));

    private final byte[] received = authorization.get(0).getBytes(StandardCharsets.ISO_8859_1);
    private final ClaimedIdentity identity = new ClaimedIdentity(System::nanoTime);

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Benchmark
    public Caller caller() {
        return ClaimedIdentity.caller(authorization);
    }

    /** Of a new string, as in each request, whose hash is not cached yet; creating the string is included. */
    @Benchmark
    public Caller remembered() {
        return identity.remembered(List.of(new String(received, StandardCharsets.ISO_8859_1)));
    }
}
