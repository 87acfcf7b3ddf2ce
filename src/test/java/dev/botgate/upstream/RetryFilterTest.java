package dev.botgate.upstream;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Permit;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestSettings;
import dev.botgate.testing.TestVertx;
import dev.botgate.upstream.RetrySettings.OperationRetrySettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.file.OpenOptions;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries around a real forwarder and real sockets; pauses pass at once, by the clock that they move. */
@ExtendWith(TestVertx.class)
class RetryFilterTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final int MORE_THAN_COMES_AT_ONCE = 200_000;
    private static final String MEMBERS = "/v3/conversations/c/members";
    private static final String ACTIVITY = Retrying.ACTIVITIES + "/1";

    private final Vertx vertx;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<EndedAttempt> ended = new CopyOnWriteArrayList<>();
    private final AtomicBoolean clientGone = new AtomicBoolean();
    private Runnable duringPause = () -> {};
    private @Nullable ScriptedUpstream upstream;
    private @Nullable Forwarder forwarder;

    RetryFilterTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @AfterEach
    void close() {
        if (forwarder != null) {
            await(forwarder.close());
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    @Test
    void aSuccessfulCall_hasOneAttempt() {
        play(Script.reply(201, "{\"id\":\"1\"}"));

        Reply reply = await(send("POST", Retrying.ACTIVITIES));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(upstream().requests()).hasSize(1);
        assertThat(pauses).isEmpty();
        assertThat(ended).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v3/conversations/c/members, 503",
        "GET, /v3/conversations/c/members, 429",
        "PUT, /v3/conversations/c/activities/1, 502",
        "DELETE, /v3/conversations/c/activities/1, 504",
        "POST, /v3/conversations/c/activities, 429",
        "POST, /v3/conversations/c/activities, 412"
    })
    void aTemporaryFailure_isRetriedUnchanged(String method, String uri, int status) {
        play(Script.reply(status, "{\"error\":{\"code\":\"Busy\"}}"), Script.reply(200, "{\"id\":\"1\"}"));

        Reply reply = await(send(method, uri));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(text(reply)).isEqualTo("{\"id\":\"1\"}");
        assertThat(upstream().requests()).hasSize(2);
        assertThat(upstream().requests().get(1).requestLine())
                .isEqualTo(upstream().requests().get(0).requestLine());
        assertThat(upstream().requests().get(1).body())
                .isEqualTo(upstream().requests().get(0).body())
                .isEqualTo(method.equals("POST") || method.equals("PUT") ? "{\"text\":\"hi\"}" : "");
        assertThat(upstream().requests().get(1).headers())
                .isEqualTo(upstream().requests().get(0).headers());
        assertThat(pauses).containsExactly(Duration.ofMillis(50));
        assertThat(retries("" + status)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void aPostThatMayHaveHadAnEffect_isNotRetried(int status) {
        play(Script.reply(status, "{}"));

        Reply reply = await(send("POST", Retrying.ACTIVITIES));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(upstream().requests()).hasSize(1);
    }

    static List<Script> cutReplies() {
        return List.of(Script.cutHead(), Script.resetHead(), Script.cutBody(100, "{\"id\":"));
    }

    @ParameterizedTest
    @MethodSource("cutReplies")
    void aPostWhoseReplyIsCut_isNotRetried(Script cut) {
        play(cut);

        Future<Boolean> over = send("POST", Retrying.ACTIVITIES).map(true).otherwise(false);

        assertThat(await(over)).isNotNull();
        assertThat(upstream().requests()).hasSize(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void withRetryUnsafe_aPostIsRetriedAlthoughItMayHaveHadAnEffect() {
        play(Script.cutHead(), Script.reply(503, "{}"), Script.reply(201, "{}"));
        RetrySettings settings =
                withOperations(Map.of("sendtoconversation", new OperationRetrySettings(null, null, null, null, true)));

        Reply sent = await(serve(settings, call("POST", Retrying.ACTIVITIES)));

        assertThat(sent.status()).isEqualTo(201);
        upstream().then(Script.reply(503, "{}"));
        assertThat(await(serve(settings, call("POST", ACTIVITY))).status()).isEqualTo(503);
        assertThat(upstream().requests()).hasSize(4);
    }

    @Test
    void aReadWhoseReplyIsCut_isRetried() {
        play(Script.cutBody(100, "["), Script.resetHead(), Script.reply(200, "[]"));

        Reply reply = await(send("GET", MEMBERS));

        assertThat(text(reply)).isEqualTo("[]");
        assertThat(retries("broken")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "POST", "PATCH"})
    void anUnreachableUpstream_isRetried(String method) {
        forward(ScriptedUpstream.nobody());

        assertThatThrownBy(() -> await(send(method, "/v3/other"))).satisfies(is(Failure.UPSTREAM_UNREACHABLE));

        assertThat(pauses).containsExactly(Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(ended).extracting(EndedAttempt::number).containsExactly(1, 2, 3);
        assertThat(givenUp("unreachable", "attempts")).isEqualTo(1);
    }

    @Test
    void aStreamedBodyGoesUpOnceAConnectionCanBeHad() {
        play(Script.reply(200, "{}"));
        Forwarder nowhere = forwarder(ScriptedUpstream.nobody());
        AtomicInteger attempts = new AtomicInteger();
        Future<Reply> reply = vertx.fileSystem()
                .open("pom.xml", new OpenOptions().setWrite(false))
                .compose(file -> serve(
                        Retrying.settings(3, 100, 10),
                        Retrying.call("POST", "/v3/other", new Payload.Streamed(file, -1)),
                        call -> attempts.incrementAndGet() == 1
                                ? nowhere.serve(call)
                                : forwarder().serve(call)));

        assertThat(await(reply).status()).isEqualTo(200);
        assertThat(upstream().take().body()).contains("<artifactId>botgate</artifactId>");
        await(nowhere.close());
    }

    @Test
    void aStreamedBodyThatWasPartlyRead_isNotRetried() {
        play(Script.reply(429, "{}"));
        Future<Reply> reply = vertx.fileSystem()
                .open("pom.xml", new OpenOptions().setWrite(false))
                .compose(file -> serve(
                        Retrying.settings(3, 100, 10),
                        Retrying.call("PUT", "/v3/other", new Payload.Streamed(file, -1))));

        assertThat(await(reply).status()).isEqualTo(429);
        assertThat(pauses).isEmpty();
    }

    @Test
    void aStreamedReplyThatIsRetried_freesItsConnection() {
        play(
                Script.reply(503, "b".repeat(MORE_THAN_COMES_AT_ONCE)),
                Script.exactly("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"));

        Reply reply = await(send("GET", "/v3/teams/t"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isInstanceOfSatisfying(ReplyBody.Streamed.class, body -> assertThat(body.length())
                .isEqualTo(4));
        assertThat(upstream().requests()).hasSize(2);
    }

    @Test
    void theReplyIsTheLastAttempts() {
        play(Script.reply(502, "{\"n\":1}"), Script.reply(503, "{\"n\":2}"), Script.reply(504, "{\"n\":3}"));

        Reply reply = await(send("DELETE", ACTIVITY));

        assertThat(reply.status()).isEqualTo(504);
        assertThat(text(reply)).isEqualTo("{\"n\":3}");
        assertThat(ended)
                .extracting(attempt -> attempt.result().result().status())
                .containsExactly(502, 503, 504);
    }

    @Test
    void anAttemptTellsWhenItBeganAndHowLongItTook() {
        play(Script.reply(503, "{}"), Script.reply(200, "{}"));
        Service<Call> slow = call -> forwarder().serve(call).onComplete(done -> nanos.addAndGet(7_000_000));

        Reply reply = await(serve(Retrying.settings(3, 100, 10), call("PUT", ACTIVITY), slow));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(ended).extracting(EndedAttempt::at).containsExactly(START, START.plusMillis(57));
        assertThat(ended).extracting(EndedAttempt::latency).containsOnly(Duration.ofMillis(7));
    }

    @Test
    void theUpstreamsWishIsObeyed() {
        play(retryAfter(429, "3"), retryAfter(503, "Sun, 22 Nov 2026 10:00:10 GMT"), Script.reply(200, "{}"));

        Reply reply = await(send("PUT", ACTIVITY));

        assertThat(reply.status()).isEqualTo(200);
        // The date is 10 s after the start, of which 3.05 s have passed.
        assertThat(pauses).containsExactly(Duration.ofMillis(3_050), Duration.ofMillis(7_000));
    }

    @Test
    void aRetryAfterBeyondTheDeadline_isPassedToTheClient() {
        play(retryAfter(429, "21"));

        Reply reply = await(send("POST", Retrying.ACTIVITIES));

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.headers().get("Retry-After")).isEqualTo("21");
        assertThat(pauses).isEmpty();
        assertThat(givenUp("429", "deadline")).isEqualTo(1);
    }

    @Test
    void afterTheDeadline_noAttemptBegins() {
        play(Script.reply(503, "{}"));
        Service<Call> slow = call -> forwarder().serve(call).onComplete(done -> nanos.addAndGet(9_000_000_000L));

        Reply reply = await(serve(Retrying.settings(100, 100, 10), call("PUT", ACTIVITY), slow));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(upstream().requests()).hasSize(3);
        assertThat(givenUp("503", "deadline")).isEqualTo(1);
    }

    @Test
    void whenTheBudgetIsUsedUp_repliesArePassedToTheClient() {
        play(Script.reply(503, "{}"));
        RetrySettings settings = Retrying.settings(3, 20, 0);
        RetryFilter filter = filter(settings);

        IntStream.range(0, 50)
                .forEach(i -> assertThat(await(onContext(() -> filter.apply(call("PUT", ACTIVITY), forwarder())))
                                .status())
                        .isEqualTo(503));

        assertThat(upstream().requests()).hasSize(60);
        assertThat(retries("503")).isEqualTo(10);
        assertThat(givenUp("503", "budget")).isGreaterThan(30);
    }

    @Test
    void budgetsOfConnectorsAreTheirOwn() {
        RetryBudgets budgets = new RetryBudgets(Retrying.settings(3, 100, 0), nanos::get);
        budgets.of("teams").request();

        assertThat(budgets.of("other").retry()).isFalse();
        assertThat(budgets.of("teams").retry()).isTrue();
    }

    @Test
    void whenTheClientDisconnectsDuringThePause_aReadEnds() {
        play(Script.reply(503, "{}"));
        duringPause = () -> clientGone.set(true);

        assertThatThrownBy(() -> await(send("GET", MEMBERS))).satisfies(is(Failure.CLIENT_GONE));

        assertThat(upstream().requests()).hasSize(1);
        assertThat(givenUp("503", "client-gone")).isEqualTo(1);
        assertThat(registry.find("botgate.upstream.retries").counter()).isNull();
    }

    @Test
    void whenTheClientDisconnectsDuringThePause_aMutationIsRetried() {
        play(Script.reply(429, "{}"), Script.reply(201, "{}"));
        duringPause = () -> clientGone.set(true);

        assertThat(await(send("POST", Retrying.ACTIVITIES)).status()).isEqualTo(201);
    }

    @Test
    void eachAttemptPassesThePhasesAfterRetry_withItsNumber() {
        play(Script.reply(503, "{}"), Script.reply(503, "{}"), Script.reply(200, "{}"));
        List<Integer> numbers = new ArrayList<>();

        Reply reply = await(serve(Retrying.settings(3, 100, 10), call("PUT", ACTIVITY), call -> {
            numbers.add(call.attempt());
            return forwarder().serve(call);
        }));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(numbers).containsExactly(1, 2, 3);
    }

    @Test
    void whenARetryIsNotAdmitted_theResultIsThatOfTheAttemptBefore() {
        play(Script.reply(503, "{\"n\":1}"));

        Reply reply = await(serve(
                Retrying.settings(3, 100, 10),
                call("PUT", ACTIVITY),
                call -> call.attempt() == 1 ? forwarder().serve(call) : throttled()));

        assertThat(text(reply)).isEqualTo("{\"n\":1}");
        assertThat(ended).isEmpty();
    }

    @Test
    void whenTheFirstAttemptIsNotAdmitted_thereAreNoAttempts() {
        Future<Reply> refused = serve(Retrying.settings(3, 100, 10), call("PUT", ACTIVITY), call -> throttled());

        assertThatThrownBy(() -> await(refused)).satisfies(is(Failure.THROTTLED));
        assertThat(ended).isEmpty();
    }

    @Test
    void aServiceThatThrows_countsAsAFailedAttempt() {
        Future<Reply> failed = serve(Retrying.settings(3, 100, 10), call("PUT", ACTIVITY), call -> {
            throw new IllegalStateException("a bug");
        });

        assertThatThrownBy(() -> await(failed)).hasMessage("a bug");
    }

    private void play(Script first, Script... more) {
        upstream = ScriptedUpstream.start(first, more);
        forward(upstream.url());
    }

    private void forward(URI url) {
        forwarder = forwarder(url);
    }

    private Forwarder forwarder(URI url) {
        UpstreamSettings settings = Forwarding.settings(Map.of("teams", new ConnectorSettings(url)));
        return Forwarding.forwarder(vertx, settings, registry);
    }

    private Future<Reply> send(String method, String uri) {
        return serve(Retrying.settings(3, 100, 10), call(method, uri));
    }

    private Call call(String method, String uri) {
        boolean body = List.of("POST", "PUT", "PATCH").contains(method);
        return Retrying.call(method, uri, body ? Retrying.json("{\"text\":\"hi\"}") : new Payload.None());
    }

    private Future<Reply> serve(RetrySettings settings, Call call) {
        return serve(settings, call, forwarder());
    }

    private Future<Reply> serve(RetrySettings settings, Call call, Service<Call> next) {
        Call watched = new Call(call.head(), call.caller(), call.payload(), 1, clientGone::get, Permit.NONE);
        return onContext(() -> filter(settings).apply(watched, next))
                .onComplete(result -> ended.addAll(EndedAttempt.leadingTo(result)));
    }

    private Future<Reply> onContext(Supplier<Future<Reply>> what) {
        Promise<Reply> promise = Promise.promise();
        vertx.getOrCreateContext().runOnContext(ignored -> what.get().onComplete(promise));
        return promise.future();
    }

    /** Half of each pause, which passes at once. */
    private RetryFilter filter(RetrySettings settings) {
        Function<Duration, Future<Void>> passAtOnce = pause -> {
            pauses.add(pause);
            nanos.addAndGet(pause.toNanos());
            duringPause.run();
            return Future.succeededFuture();
        };
        return new RetryFilter(
                settings,
                new RetryBudgets(settings, nanos::get),
                passAtOnce,
                () -> START.plusNanos(nanos.get()),
                nanos::get,
                () -> 0.5,
                registry);
    }

    private static RetrySettings withOperations(Map<String, OperationRetrySettings> operations) {
        return TestSettings.with(Retrying.settings(3, 100, 10), "operations", operations);
    }

    private static Future<Reply> throttled() {
        return Future.failedFuture(new GatewayException(Failure.THROTTLED, "No permit", Duration.ofSeconds(1)));
    }

    private static Script retryAfter(int status, String value) {
        return Script.exactly(
                "HTTP/1.1 " + status + " Wait\r\nRetry-After: " + value + "\r\nContent-Length: 2\r\n\r\n", "{}");
    }

    private double retries(String reason) {
        return registry.get("botgate.upstream.retries")
                .tags("upstream", "teams", "reason", reason)
                .counter()
                .count();
    }

    private double givenUp(String reason, String obstacle) {
        return registry.get("botgate.upstream.retries.given.up")
                .tags("upstream", "teams", "reason", reason, "obstacle", obstacle)
                .counter()
                .count();
    }

    private static String text(Reply reply) {
        return ((ReplyBody.Whole) reply.body()).bytes().toString();
    }

    private static Consumer<Throwable> is(Failure failure) {
        return cause -> assertThat(cause)
                .isInstanceOfSatisfying(GatewayException.class, known -> assertThat(known.failure())
                        .isEqualTo(failure));
    }

    private ScriptedUpstream upstream() {
        return Objects.requireNonNull(upstream);
    }

    private Forwarder forwarder() {
        return Objects.requireNonNull(forwarder);
    }
}
