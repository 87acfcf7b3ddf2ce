package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Await;
import dev.botgate.upstream.Retrying.NeverRead;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What several attempts come to, where the last one certainly did nothing. */
class RetryOutcomeTest {
    private static final String ACTIVITY = "/v3/conversations/c/activities/1";

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_UNREACHABLE", "UPSTREAM_BUSY", "THROTTLED", "SHUTTING_DOWN"})
    void whenAnEarlierAttemptMayHaveHadAnEffect_theResultIsNotNothingSent(Failure last) {
        Future<Reply> reply = deleted(
                List.of(failed(Failure.UPSTREAM_REPLY_BROKEN), failed(Failure.UPSTREAM_UNREACHABLE), failed(last)));

        assertThat(failure(reply)).isEqualTo(Failure.UPSTREAM_REPLY_BROKEN);
    }

    @Test
    void anEarlierReplyThatMayHaveHadAnEffect_isTheResult_whenTheLastAttemptSentNothing() {
        Future<Reply> reply = deleted(List.of(
                Future.succeededFuture(Retrying.reply(504)),
                Future.succeededFuture(Retrying.reply(429)),
                failed(Failure.UPSTREAM_UNREACHABLE)));

        assertThat(Await.await(reply).status()).isEqualTo(504);
    }

    @Test
    void whenNoAttemptCanHaveHadAnEffect_theLastResultIsReturned() {
        Future<Reply> reply = deleted(List.of(
                failed(Failure.UPSTREAM_UNREACHABLE),
                Future.succeededFuture(Retrying.reply(429)),
                failed(Failure.UPSTREAM_UNREACHABLE)));

        assertThat(failure(reply)).isEqualTo(Failure.UPSTREAM_UNREACHABLE);
    }

    @Test
    void ofAStreamedReplyThatIsRetried_theHeadIsKept() {
        AtomicBoolean abandoned = new AtomicBoolean();
        ReplyBody body = new ReplyBody.Streamed(new NeverRead(), -1, () -> abandoned.set(true));
        Reply unavailable =
                Retrying.reply(503, "Content-Encoding", "gzip", "X-Kept", "1").withBody(body);

        Reply reply = Await.await(deleted(List.of(Future.succeededFuture(unavailable), failed(Failure.THROTTLED))));

        assertThat(abandoned).isTrue();
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.headers().get("X-Kept")).isEqualTo("1");
        assertThat(reply.headers().contains("Content-Encoding")).isFalse();
        assertThat(reply.body()).isEqualTo(new ReplyBody.Whole(Buffer.buffer()));
    }

    private static Future<Reply> deleted(List<Future<Reply>> attempts) {
        Deque<Future<Reply>> results = new ArrayDeque<>(attempts);
        RetrySettings settings = Retrying.settings(3, 100, 10);
        RetryFilter filter = new RetryFilter(
                settings,
                new RetryBudgets(settings, () -> 0),
                pause -> Future.succeededFuture(),
                InstantSource.fixed(Instant.EPOCH),
                () -> 0,
                () -> 0.5,
                new SimpleMeterRegistry());
        return filter.apply(Retrying.call("DELETE", ACTIVITY, new Payload.None()), call -> results.remove());
    }

    private static Future<Reply> failed(Failure failure) {
        return Future.failedFuture(new GatewayException(failure, "no"));
    }

    private static Failure failure(Future<Reply> reply) {
        return catchThrowableOfType(GatewayException.class, () -> Await.await(reply))
                .failure();
    }
}
