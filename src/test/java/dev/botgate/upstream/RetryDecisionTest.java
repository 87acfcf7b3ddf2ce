package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Permit;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.upstream.RetryDecision.GiveUp;
import dev.botgate.upstream.RetryDecision.Keep;
import dev.botgate.upstream.RetryDecision.Obstacle;
import dev.botgate.upstream.RetryDecision.Retry;
import dev.botgate.upstream.RetryDecision.RetryReason;
import dev.botgate.upstream.RetrySettings.RetryRules;
import dev.botgate.upstream.Retrying.NeverRead;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryDecisionTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final RetryRules RULES =
            new RetryRules(3, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofSeconds(20), false);
    private static final RetryRules UNSAFE =
            new RetryRules(3, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofSeconds(20), true);

    /** Rows: what came of an attempt. Columns: whether a request of that method is sent again, and whether an unsafe one is. */
    @ParameterizedTest
    // spotless:off
    @CsvSource({
        // result,                  GET,   HEAD,  PUT,   DELETE, POST,  PATCH, retry-unsafe POST
        "200,                      false, false, false, false,  false, false, false",
        "301,                      false, false, false, false,  false, false, false",
        "400,                      false, false, false, false,  false, false, false",
        "404,                      false, false, false, false,  false, false, false",
        "408,                      false, false, false, false,  false, false, false",
        "412,                      true,  true,  true,  true,   true,  true,  true",
        "429,                      true,  true,  true,  true,   true,  true,  true",
        "500,                      false, false, false, false,  false, false, false",
        "501,                      false, false, false, false,  false, false, false",
        "502,                      true,  true,  true,  true,   false, false, true",
        "503,                      true,  true,  true,  true,   false, false, true",
        "504,                      true,  true,  true,  true,   false, false, true",
        "UPSTREAM_UNREACHABLE,     true,  true,  true,  true,   true,  true,  true",
        "UPSTREAM_REPLY_BROKEN,    true,  true,  true,  true,   false, false, true",
        "UPSTREAM_TIMEOUT,         true,  true,  true,  true,   false, false, true",
        "UPSTREAM_BUSY,            false, false, false, false,  false, false, false",
        "UPSTREAM_REPLY_TOO_LARGE, false, false, false, false,  false, false, false",
        "INTERNAL_ERROR,           false, false, false, false,  false, false, false",
    })
    // spotless:on
    void whatIsSentAgain(
            String result,
            boolean get,
            boolean head,
            boolean put,
            boolean delete,
            boolean post,
            boolean patch,
            boolean unsafePost) {
        assertThat(again("GET", result, RULES)).isEqualTo(get);
        assertThat(again("HEAD", result, RULES)).isEqualTo(head);
        assertThat(again("PUT", result, RULES)).isEqualTo(put);
        assertThat(again("DELETE", result, RULES)).isEqualTo(delete);
        assertThat(again("POST", result, RULES)).isEqualTo(post);
        assertThat(again("PATCH", result, RULES)).isEqualTo(patch);
        assertThat(again("POST", result, UNSAFE)).isEqualTo(unsafePost);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"UPSTREAM_UNREACHABLE", "UPSTREAM_REPLY_BROKEN", "UPSTREAM_TIMEOUT"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyOtherFailureIsFinal(Failure failure) {
        assertThat(again("GET", failure.name(), UNSAFE)).isFalse();
    }

    @Test
    void anyOtherResult_isNotRetried() {
        Future<Reply> bug = Future.failedFuture(new IllegalStateException("a bug"));

        assertThat(decide(get(), bug, Duration.ZERO, RULES, 0)).isEqualTo(new Keep());
    }

    @ParameterizedTest
    @CsvSource({"429, false", "503, false", "UPSTREAM_REPLY_BROKEN, false", "UPSTREAM_UNREACHABLE, true"})
    void aStreamedBody_isRetriedOnlyIfNothingOfItWasRead(String result, boolean again) {
        Call call = Retrying.call("PUT", "/v3/other", new Payload.Streamed(new NeverRead(), -1));

        assertThat(decide(call, result(result), Duration.ZERO, UNSAFE, 0) instanceof Retry)
                .isEqualTo(again);
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-Match", "if-none-match", "If-Unmodified-Since", "If-Modified-Since"})
    void aConditionalRequestWith412_isNotRetried(String condition) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(condition, "\"x\"");
        Call call = Retrying.call("PUT", "/v3/other", Retrying.json("{}"), headers);

        assertThat(decide(call, result("412"), Duration.ZERO, RULES, 0)).isEqualTo(new Keep());
        assertThat(decide(call, result("429"), Duration.ZERO, RULES, 0)).isInstanceOf(Retry.class);
    }

    @Test
    void afterTheLastAttempt_nothingFollows() {
        Call second = get().nextAttempt();

        assertThat(decide(second, result("503"), Duration.ZERO, RULES, 0)).isInstanceOf(Retry.class);
        assertThat(decide(second.nextAttempt(), result("503"), Duration.ZERO, RULES, 0))
                .isEqualTo(new GiveUp(RetryReason.STATUS_503, Obstacle.ATTEMPTS));
    }

    @ParameterizedTest
    @CsvSource({"GET, false", "PUT, true", "DELETE, true", "POST, true"})
    void whenTheClientHasDisconnected_onlyMutationsAreRetried(String method, boolean again) {
        Call call = Retrying.call(method, path(method), new Payload.None());
        Call abandoned = new Call(call.head(), call.caller(), call.payload(), 1, () -> true, Permit.NONE);

        RetryDecision decision = decide(abandoned, result("429"), Duration.ZERO, RULES, 0);

        assertThat(decision)
                .isEqualTo(
                        again
                                ? new Retry(RetryReason.STATUS_429, Duration.ZERO)
                                : new GiveUp(RetryReason.STATUS_429, Obstacle.CLIENT_GONE));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1, 0.5, 50", "1, 0.999, 100", "2, 0.5, 100", "3, 0.5, 150", "40, 0.5, 150", "90, 0, 0"})
    void thePauseIsRandom_belowABoundThatDoubles(int attempt, double random, long millis) {
        assertThat(RULES.backoff(attempt, random)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "429, 3, 3050",
        "503, 3, 3050",
        "412, 3, 3050",
        "502, 19, 19050",
        "429, 'Sun, 22 Nov 2026 10:00:07 GMT', 7050",
        "429, 'Sunday, 22-Nov-26 10:00:07 GMT', 7050",
        "429, 'Sun Nov 22 10:00:07 2026', 7050",
        "429, ' 0003 ', 3050",
        "429, 0, 50",
        "429, -1, 50",
        "429, soon, 50",
        "429, 'Sun, 22 Nov 2026 09:59:59 GMT', 50",
        "429, , 50",
    })
    void theUpstreamsWishIsObeyed(int status, @Nullable String retryAfter, long millis) {
        Reply reply = retryAfter == null ? Retrying.reply(status) : Retrying.reply(status, "Retry-After", retryAfter);

        RetryDecision decision = decide(get(), Future.succeededFuture(reply), Duration.ZERO, RULES, 0.5);

        assertThat(decision).isEqualTo(new Retry(RetryReason.valueOf("STATUS_" + status), Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 19950, true",
        "0, 19951, false",
        "1, 18950, true",
        "1, 18951, false",
        "60, 0, false",
        "99999999999999999999, 0, false"
    })
    void aPauseBeyondTheDeadline_isNotBegun(String retryAfter, long elapsedMillis, boolean again) {
        Future<Reply> ended = Future.succeededFuture(Retrying.reply(429, "Retry-After", retryAfter));

        RetryDecision decision = decide(get(), ended, Duration.ofMillis(elapsedMillis), RULES, 0.5);

        assertThat(decision instanceof Retry).isEqualTo(again);
        if (!again) {
            assertThat(decision).isEqualTo(new GiveUp(RetryReason.STATUS_429, Obstacle.DEADLINE));
        }
    }

    @Test
    void theReasonsAreTheirOwnNamesInMetrics() {
        assertThat(Arrays.stream(RetryReason.values()).map(RetryReason::text))
                .containsExactly("unreachable", "broken", "timeout", "412", "429", "502", "503", "504");
        assertThat(Obstacle.CLIENT_GONE.text()).isEqualTo("client-gone");
    }

    private static boolean again(String method, String result, RetryRules rules) {
        Call call = Retrying.call(method, path(method), new Payload.None());
        return decide(call, result(result), Duration.ZERO, rules, 0) instanceof Retry;
    }

    private static String path(String method) {
        return Set.of("GET", "HEAD").contains(method) ? "/v3/conversations/c/members" : Retrying.ACTIVITIES + "/a";
    }

    private static Call get() {
        return Retrying.call("GET", path("GET"), new Payload.None());
    }

    private static RetryDecision decide(
            Call call, Future<Reply> ended, Duration elapsed, RetryRules rules, double random) {
        return RetryDecision.after(call, ended, elapsed, rules, NOW, random);
    }

    private static Future<Reply> result(String statusOrFailure) {
        return Character.isDigit(statusOrFailure.charAt(0))
                ? Future.succeededFuture(Retrying.reply(Integer.parseInt(statusOrFailure)))
                : Future.failedFuture(new GatewayException(Failure.valueOf(statusOrFailure), "It failed"));
    }
}
