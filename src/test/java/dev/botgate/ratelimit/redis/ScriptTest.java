package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.Ask;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limited;
import dev.botgate.ratelimit.Scope;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The scripts by a clock that stands where the test puts it. */
@ExtendWith(TestVertx.class)
class ScriptTest {
    private final Vertx vertx;
    private final Keys keys = new Keys("script");
    private final TestRedis redis = new TestRedis();
    private Redis client;
    private long clock = 1_700_000_000_000_000L;
    private int asked;

    ScriptTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @BeforeEach
    void connect() {
        client = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
    }

    @AfterEach
    void close() {
        await(client.close());
        redis.close();
    }

    private Response run(Script script, List<String> names, List<String> arguments) {
        String source = script.source().replace("redis.call('TIME')", "{ ARGV[#ARGV - 1], ARGV[#ARGV] }");
        Request request = Request.cmd(Command.EVAL).arg(source).arg(names.size());
        names.forEach(request::arg);
        arguments.forEach(request::arg);
        return await(client.send(request.arg(clock / 1_000_000).arg(clock % 1_000_000)));
    }

    private Decision decide(String windows, Duration maximumWait) {
        await(client.send(Request.cmd(Command.SET).arg(keys.epoch()).arg("known")));
        Ask ask = Limited.ask(1, new Scope(Limited.own("a", windows, maximumWait), "a"));
        List<String> arguments = Wire.decideArguments(ask, "id" + asked++, false, "known");
        return Wire.decision(run(Script.DECIDE, Wire.decideKeys(keys, ask), arguments), 1);
    }

    private void hear(int status, long closed, long ago) {
        Word word = new Word("a", status, 0, closed, 0, 1);
        List<String> names = List.of(keys.clock(), keys.log("a"), keys.word("a"), keys.closed(), keys.solid("a"));
        assertThat(run(Script.THROTTLE, names, Wire.throttleArguments(word, ago, Limited.THROTTLED, "nobody")))
                .isNotNull();
    }

    private String entered() {
        return await(client.send(Request.cmd(Command.GET).arg(keys.word("a")))).toString();
    }

    private int promises() {
        return await(client.send(Request.cmd(Command.ZCARD).arg(keys.log("a")))).toInteger();
    }

    @Test
    void aLimitThatIsRaised_countsAtOnce_evenWhereTheOldOneWasUsedUp() {
        assertThat(decide("1/600s", Duration.ZERO).admitted()).isTrue();
        assertThat(decide("1/600s", Duration.ZERO).admitted()).isFalse();

        Decision second = decide("2/5s", Duration.ofSeconds(20));
        Decision third = decide("2/5s", Duration.ofSeconds(20));

        assertThat(second.delay()).isZero();
        assertThat(third.admitted()).isTrue();
        assertThat(third.delay()).isEqualTo(5_000_000);
    }

    /** A gateway reckons from when it heard, which is later than when Redis entered the word, by the message's way. */
    @Test
    void theSameWordToldAgain_changesNothing_andALongerOneDoes() {
        hear(429, 20_000_000, 0);
        String first = entered();
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isEqualTo(20_000_000);
        clock += 5_000_000;

        hear(429, 20_000_000, 4_980_000);

        assertThat(entered()).isEqualTo(first);
        assertThat(promises()).isEqualTo(1);
        hear(429, 21_000_000, 4_980_000);
        assertThat(promises()).isZero();
    }

    /** A 412 closes, but is no reason to slow down; only another 429 that the last one's closure did not help is. */
    @Test
    void aClosureThatA412Made_doesNotMakeAnOld429Repeated() {
        hear(429, 1_000_000, 0);
        clock += 50_000_000;
        hear(412, 20_000_000, 0);
        clock += 50_000_000;

        hear(429, 0, 0);

        assertThat(entered().split(" ")[4]).isEqualTo("1.000000000");
    }
}
