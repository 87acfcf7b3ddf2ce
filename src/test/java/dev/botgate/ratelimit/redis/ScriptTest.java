package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.fleet.LuaScript;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.ratelimit.redis.UpstreamThrottles.ThrottleNotice;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts by a clock that stands where the test puts it. */
@ExtendWith(TestVertx.class)
class ScriptTest {
    private final Vertx vertx;
    private final RedisKeys keys = new RedisKeys("script");
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

    private Response run(LuaScript script, List<String> names, List<String> arguments) {
        return await(client.send(ManualClock.run(script, names, arguments, clock)));
    }

    private Decision decide(String windows, Duration maximumWait) {
        return decide(SampleLimits.ask(1, new Scope(SampleLimits.own("a", windows, maximumWait), "a")));
    }

    private Decision decide(PermitRequest ask) {
        return decide(ask, false);
    }

    private Decision decide(PermitRequest ask, boolean newcomer) {
        await(client.send(Request.cmd(Command.SET).arg(keys.epoch()).arg("known")));
        List<String> arguments = ScriptCodec.decideArguments(ask, "id" + asked++, newcomer, "known");
        return ScriptCodec.decision(run(ScriptCodec.DECIDE, ScriptCodec.decideKeys(keys, ask), arguments), 1);
    }

    private void applyThrottle(int status, long closed, long ago) {
        applyThrottle(status, closed, ago, 0);
    }

    private void applyThrottle(int status, long closed, long ago, long lead) {
        ThrottleNotice word = new ThrottleNotice("a", status, 0, closed, 0, lead, 1);
        assertThat(run(
                        ScriptCodec.THROTTLE,
                        ScriptCodec.scopeKeys(keys, "a"),
                        ScriptCodec.throttleArguments(word, ago, SampleLimits.THROTTLED, "nobody")))
                .isNotNull();
    }

    private void reset() {
        List<String> arguments = ScriptCodec.resetArguments("a", SampleLimits.THROTTLED, "nobody");
        assertThat(run(ScriptCodec.RESET, ScriptCodec.scopeKeys(keys, "a"), arguments))
                .isNotNull();
    }

    @Test
    void aGatewayThatJoins_getsTheThousandLongestCooldowns() {
        String enter = "for i = 1, 1500 do redis.call('ZADD', KEYS[1], ARGV[1] + i, i) "
                + "redis.call('SET', KEYS[2] .. i, string.format('%.0f 0 7 0 1 0 0 0 0 429', ARGV[1] + i)) end";
        assertThat(run(
                        new LuaScript(enter, ""),
                        List.of(keys.cooldownEnds(), keys.throttle("")),
                        List.of(Long.toString(clock))))
                .isNull();

        Response many = join();
        clock += 600;
        Response few = join();

        assertThat(many.get(3).size()).isEqualTo(1_000);
        assertThat(many.get(3).get(0).toString()).isEqualTo("429 1500 1 7 1500");
        assertThat(few.get(3).size()).isEqualTo(900);
    }

    @Test
    void inALongQueue_aFloodGetsAsMuchAsInMemory_andAnotherBotFindsRoom() {
        Scope shared = new Scope(SampleLimits.shared("a", "10/1s", Duration.ofSeconds(150)), "a");
        MemoryStore memory = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 10);
        PermitRequest flood = SampleLimits.ask(1, shared);
        int inMemory = 0;
        while (memory.decideNow(flood).admitted()) {
            inMemory++;
        }

        int taken = 0;
        while (decide(flood).admitted()) {
            taken++;
        }

        assertThat(taken).isEqualTo(inMemory).isGreaterThan(600);
        assertThat(decide(SampleLimits.ask(2, shared)).admitted()).isTrue();
    }

    private Response join() {
        return beat("one", 0);
    }

    /** @param settle how long the fleet has to settle since this gateway admitted on its own; 0 where it did not */
    private Response beat(String gateway, long settle) {
        return run(
                ScriptCodec.HEARTBEAT,
                List.of(keys.gateways(), keys.epoch(), keys.settle(), keys.cooldownEnds(), keys.clock()),
                List.of(
                        gateway,
                        "3000000",
                        "",
                        settle > 0 ? "1" : "0",
                        Long.toString(settle),
                        "epoch",
                        "0",
                        "0",
                        keys.throttle("")));
    }

    /** One window is counted without a look at how many admissions there are, several are not. */
    @ParameterizedTest
    @ValueSource(strings = {"2/5s", "2/5s, 9/4s"})
    void aWindowIsExact_toTheMicrosecond(String windows) {
        for (Limit limit : List.of(
                SampleLimits.own("a", windows, Duration.ZERO), SampleLimits.shared("b", windows, Duration.ZERO))) {
            PermitRequest ask = SampleLimits.ask(1, new Scope(limit, limit.name()));
            assertThat(decide(ask).admitted()).isTrue();
            clock += 1_000_000;
            assertThat(decide(ask).admitted()).isTrue();

            clock += 3_999_999;
            Decision justBefore = decide(ask);
            clock += 1;
            Decision exactly = decide(ask);

            assertThat(justBefore.admitted()).isFalse();
            assertThat(justBefore.delay()).isEqualTo(1);
            assertThat(exactly.admitted()).isTrue();
            assertThat(exactly.delay()).isZero();
        }
    }

    @Test
    void whenTheServersClockIsSetBack_windowsGoOn() {
        assertThat(decide("1/5s", Duration.ZERO).admitted()).isTrue();
        clock += 1_000_000;
        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(4_000_000);

        clock -= 3_600_000_000L;

        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(4_000_000);
        for (int left = 3; left > 0; left--) {
            clock += 1_000_000;
            assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(left * 1_000_000L);
        }
        clock += 1_000_000;
        assertThat(decide("1/5s", Duration.ZERO).admitted()).isTrue();
        clock -= 3_600_000_000L;
        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(5_000_000);
        clock += 1_000_000;
        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(4_000_000);
    }

    @Test
    void whenTheServersClockIsSetBackAndForward_noWindowSeemsToHavePassed() {
        assertThat(decide("1/5s", Duration.ZERO).admitted()).isTrue();
        clock -= 3_600_000_000L;
        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(5_000_000);
        clock += 1_000_000;
        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(4_000_000);

        clock += 3_600_000_000L;

        assertThat(decide("1/5s", Duration.ZERO).delay()).isEqualTo(4_000_000);
        clock += 4_000_000;
        assertThat(decide("1/5s", Duration.ZERO).admitted()).isTrue();
    }

    @Test
    void whenTheServersClockIsSetBack_cooldownsGoOn_andNewThrottlesCountFromThen() {
        applyThrottle(412, 20_000_000, 0);
        clock -= 3_600_000_000L;
        applyThrottle(412, 25_000_000, 0);
        clock += 2_000_000;
        assertThat(decide("1/1s", Duration.ZERO).delay()).isEqualTo(23_000_000);
        clock -= 3_600_000_000L;
        reset();

        assertThat(decide("1/1s", Duration.ZERO).admitted()).isTrue();
    }

    @Test
    void whenTheServersClockIsSetBack_theFleetSettlesAsLong_andDropsGatewaysThatAreGone() {
        assertThat(beat("one", 30_000_000).get(2).toLong()).isEqualTo(30_000_000);
        clock += 2_000_000;
        assertThat(beat("other", 0).get(0).toInteger()).isEqualTo(2);

        clock -= 3_600_000_000L;

        assertThat(beat("other", 0).get(2).toLong()).isEqualTo(28_000_000);
        clock += 2_000_000;
        Response later = beat("other", 0);
        assertThat(later.get(2).toLong()).isEqualTo(26_000_000);
        assertThat(later.get(0).toInteger()).isEqualTo(1);
    }

    private String entered() {
        return await(client.send(Request.cmd(Command.GET).arg(keys.throttle("a"))))
                .toString();
    }

    private int reservations() {
        return await(client.send(Request.cmd(Command.ZCARD).arg(keys.log("a")))).toInteger();
    }

    @Test
    void aLimitThatIsRaised_appliesAtOnce_evenIfTheOldOneWasUsedUp() {
        assertThat(decide("1/600s", Duration.ZERO).admitted()).isTrue();
        assertThat(decide("1/600s", Duration.ZERO).admitted()).isFalse();

        Decision second = decide("2/5s", Duration.ofSeconds(20));
        Decision third = decide("2/5s", Duration.ofSeconds(20));

        assertThat(second.delay()).isZero();
        assertThat(third.admitted()).isTrue();
        assertThat(third.delay()).isEqualTo(5_000_000);
    }

    @Test
    void theSearchHintOfARefusal_isDroppedWhenARequestIsAdmitted() {
        PermitRequest ask = SampleLimits.ask(1, new Scope(SampleLimits.own("a", "1/1s", Duration.ofSeconds(60)), "a"));
        assertThat(decide(ask).delay()).isZero();
        assertThat(decide(ask.within(0)).delay()).isEqualTo(1_000_000);

        assertThat(decide(ask, true).delay()).isEqualTo(1_000_000);

        assertThat(decide(ask).delay()).isEqualTo(2_000_000);
        assertThat(decide(ask.within(0)).delay()).isEqualTo(3_000_000);
        assertThat(decide(ask.within(0)).delay()).isEqualTo(3_000_000);
        assertThat(decide(ask).delay()).isEqualTo(3_000_000);
        assertThat(decide(ask).delay()).isEqualTo(4_000_000);
    }

    @Test
    void laterReservations_count_whenOtherRequestsAreAdmittedMeanwhile() {
        Scope seconds = new Scope(SampleLimits.own("a", "1/1s", Duration.ofSeconds(1)), "a");
        Scope minutes = new Scope(SampleLimits.own("b", "1/60s", Duration.ofSeconds(65)), "b");
        assertThat(decide(SampleLimits.ask(1, seconds, minutes)).delay()).isZero();
        assertThat(decide(SampleLimits.ask(1, seconds, minutes)).delay()).isEqualTo(60_000_000);
        clock += 2_000_000;

        assertThat(decide(SampleLimits.ask(1, seconds)).delay()).isZero();

        clock += 57_500_000;
        assertThat(decide(SampleLimits.ask(1, seconds)).admitted())
                .as("half a second before the promise")
                .isFalse();
    }

    /** A gateway reckons from when it heard, which is later than when Redis entered the word, by the message's way. */
    @Test
    void aRepeatedThrottle_changesNothing_andALongerOneDoes() {
        applyThrottle(429, 20_000_000, 0);
        String first = entered();
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isEqualTo(20_000_000);
        clock += 5_000_000;

        applyThrottle(429, 20_000_000, 4_980_000);

        assertThat(entered()).isEqualTo(first);
        assertThat(reservations()).isEqualTo(1);
        applyThrottle(429, 21_000_000, 4_980_000);
        assertThat(reservations()).isZero();
    }

    @Test
    void aCooldownRemovesReservations_exceptThoseOfResumedRequests() {
        for (int i = 0; i < 4; i++) {
            assertThat(decide("1/1s", Duration.ofSeconds(60)).admitted()).isTrue();
        }
        clock += 990_000;

        applyThrottle(429, 20_000_000, 0, 20_000);

        assertThat(reservations())
                .as("the one that has gone, and the one that goes in 10 ms")
                .isEqualTo(2);
    }

    @Test
    void aThrottleFromBeforeAReset_beginsNoCooldown_andALaterOneDoes() {
        applyThrottle(429, 20_000_000, 0);
        clock += 5_000_000;
        reset();
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isZero();

        applyThrottle(429, 20_000_000, 5_000_000);
        clock += 1_000_000;
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isZero();

        applyThrottle(429, 20_000_000, 500_000);
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isEqualTo(19_500_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "1 2 3", "{\"closed\":7}", "x y z x y z x y z x", "17 - 17 [1,1000000] 1 1 1 1 1 1"})
    void aValueOfAnotherVersion_isIgnored(String value) {
        List.of(keys.clock(), keys.settle(), keys.throttle("a"), keys.fullUntil("a"), keys.pace("a"))
                .forEach(key ->
                        await(client.send(Request.cmd(Command.SET).arg(key).arg(value))));

        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isZero();
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isEqualTo(1_000_000);
        Scope shared = new Scope(SampleLimits.shared("a", "2/1s", Duration.ofSeconds(60)), "a");
        assertThat(decide(SampleLimits.ask(1, shared)).admitted()).isTrue();
        applyThrottle(429, 20_000_000, 0);
        assertThat(decide("1/1s", Duration.ofSeconds(60)).delay()).isEqualTo(20_000_000);
    }

    /** A 412 closes, but is no reason to slow down; only another 429 that the last one's cooldown did not help is. */
    @Test
    void aCooldownOfA412_doesNotMakeAnOld429Repeated() {
        applyThrottle(429, 1_000_000, 0);
        clock += 50_000_000;
        applyThrottle(412, 20_000_000, 0);
        clock += 50_000_000;

        applyThrottle(429, 0, 0);

        assertThat(entered().split(" ")[4]).isEqualTo("1.000000000");
    }

    /**
     * Scripts by a clock that stands where the test puts it, also for what expires: Redis' own clock would drop keys earlier than
     * the test's where the machine is slow, and keep them where the test's clock leaps.
     */
    static final class ManualClock {
        /** What stands in for {@code redis.call}; the two last arguments are the time. */
        private static final String PRELUDE =
                """
            local clock, ends = { ARGV[#ARGV - 1], ARGV[#ARGV] }, '{manual}:ends'
            local millis = clock[1] * 1000 + clock[2] / 1000
            local kept = redis.call('HGETALL', ends)
            for i = 1, #kept, 2 do
              if tonumber(kept[i + 1]) <= millis then redis.call('DEL', kept[i]) end
              if redis.call('EXISTS', kept[i]) == 0 then redis.call('HDEL', ends, kept[i]) end
            end
            local function expire(key, after) redis.call('HSET', ends, key, string.format('%.3f', millis + after)) end
            local function manual(command, key, ...)
              local more = { ... }
              if command == 'TIME' then return clock end
              if command == 'PTTL' then
                if redis.call('EXISTS', key) == 0 then return -2 end
                local at = redis.call('HGET', ends, key)
                return at and math.floor(at - millis) or -1
              end
              if command == 'PEXPIRE' then
                return redis.call('EXISTS', key) == 1 and expire(key, more[1]) or 1
              end
              if command == 'SET' then
                redis.call('HDEL', ends, key)
                if more[2] == 'PX' then expire(key, more[3]) end
                return redis.call('SET', key, more[1])
              end
              return redis.call(command, key, ...)
            end
            """;

        private ManualClock() {}

        /** A run of {@code script} at {@code micros}. */
        static Request run(LuaScript script, List<String> keys, List<String> arguments, long micros) {
            Request request = Request.cmd(Command.EVAL)
                    .arg(PRELUDE + script.source().replace("redis.call", "manual"))
                    .arg(keys.size());
            keys.forEach(request::arg);
            arguments.forEach(request::arg);
            return request.arg(micros / 1_000_000).arg(micros % 1_000_000);
        }
    }
}
