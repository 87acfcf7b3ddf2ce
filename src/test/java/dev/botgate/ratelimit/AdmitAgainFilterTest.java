package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What attempts do with their permits. One permit in 300 seconds, for which nobody waits. */
class AdmitAgainFilterTest {
    private final ManualTime time = new ManualTime();
    private final RateLimits limits = new RateLimits(
            SampleSettings.of("1/300s", Duration.ZERO, "bot"),
            new MemoryStore(time, SampleLimits.THROTTLED, 1_000),
            time,
            () -> Instant.EPOCH,
            new SimpleMeterRegistry());
    private final AdmitAgainFilter filter = new AdmitAgainFilter(limits);

    private Future<ReservedPermit> permit() {
        return limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ZERO);
    }

    private Call call() {
        return LimitedCalls.identified(LimitedCalls.send("c"), "bot-1", LimitedCalls.body())
                .with(permit().result())
                .with(new Payload.None());
    }

    private Future<Reply> fail(Call call, GatewayException failure) {
        return filter.apply(call, sent -> Future.failedFuture(failure));
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_UNREACHABLE", "UPSTREAM_BUSY"})
    void anAttemptThatFoundNoConnection_givesItsPermitBack(Failure failure) {
        assertThat(fail(call(), new GatewayException(failure, "No connection")).failed())
                .isTrue();

        assertThat(permit().succeeded()).isTrue();
    }

    @Test
    void anAttemptWhoseBodyNeverCame_givesItsPermitBack() {
        GatewayException stalled = new GatewayException(Failure.BODY_TIMEOUT, "It stalled").withNothingSent();

        assertThat(fail(call(), stalled).failed()).isTrue();

        assertThat(permit().succeeded()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_TIMEOUT", "UPSTREAM_REPLY_BROKEN", "BODY_TIMEOUT", "CLIENT_GONE"})
    void anAttemptOfWhichSomethingMayHaveBeenSent_usesItsPermit(Failure failure) {
        assertThat(fail(call(), new GatewayException(failure, "It failed")).failed())
                .isTrue();

        assertThat(permit().failed()).isTrue();
    }

    @Test
    void anotherAttempt_takesAPermitOfItsOwn_orIsNotMade() {
        Call first = call();
        assertThat(fail(first, new GatewayException(Failure.UPSTREAM_UNREACHABLE, "Nobody"))
                        .failed())
                .isTrue();

        Future<Reply> second =
                filter.apply(first.nextAttempt(), sent -> Future.succeededFuture(LimitedCalls.reply(503)));
        Future<Reply> third = filter.apply(
                first.nextAttempt().nextAttempt(), sent -> Future.succeededFuture(LimitedCalls.reply(200)));

        assertThat(second.result().status()).isEqualTo(503);
        assertThat(((GatewayException) third.cause()).failure()).isEqualTo(Failure.THROTTLED);
    }

    @Test
    void aThrottledAttempt_beginsACooldown() {
        Future<Reply> reply =
                filter.apply(call(), sent -> Future.succeededFuture(LimitedCalls.reply(429, "Retry-After", "400")));

        assertThat(reply.result().status()).isEqualTo(429);
        time.pass(Duration.ofMinutes(5));
        assertThat(((GatewayException) permit().cause()).retryAfter()).contains(Duration.ofSeconds(100));
    }
}
