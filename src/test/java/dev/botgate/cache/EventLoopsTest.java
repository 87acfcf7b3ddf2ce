package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.testing.Patience;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cache in front of a real server, used on four event loops. */
@ExtendWith(VertxExtension.class)
class EventLoopsTest {
    private static final int LOOPS = 4;
    private static final int REQUESTS = 1_000;

    /** The reply to one request. */
    private record Answer(String bot, Reply reply, Context askedOn, @Nullable Context answeredOn) {}

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    private final Queue<Context> contexts = new ConcurrentLinkedQueue<>();
    private final CountDownLatch everybodyHasAsked = new CountDownLatch(1);

    /** Replies with the request's credential, once all requests have arrived. */
    private final ScriptedUpstream upstream = ScriptedUpstream.start(Script.of(
            new Step.ReadHead(),
            new Step.ReadBody(),
            new Step.Await(everybodyHasAsked),
            new Step.Choose(EventLoopsTest::listOfItsCredential)));

    private Service<Identified> forwarder = request -> Future.failedFuture("not started");

    @BeforeEach
    void start(Vertx vertx) throws Exception {
        int port = upstream.url().getPort();
        HttpClient client = vertx.createHttpClient();
        forwarder = request -> client.request(
                        HttpMethod.GET, port, "127.0.0.1", request.head().uri())
                .compose(upstreamRequest -> {
                    upstreamRequest.headers().addAll(request.head().headers());
                    return upstreamRequest.send();
                })
                .compose(response -> response.body()
                        .map(body -> new Reply(
                                response.statusCode(),
                                response.statusMessage(),
                                response.headers(),
                                new ReplyBody.Whole(body))));
        await(vertx.deployVerticle(this::loop, new DeploymentOptions().setInstances(LOOPS)));
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void aThousandMissesOfOneList_makeOneUpstreamCall_andAnswerEachOnItsOwnEventLoop() throws Exception {
        List<Answer> answers = askAtOnce(List.of("a"));

        assertThat(upstream.requests()).hasSize(1);
        assertThat(answers).hasSize(REQUESTS).allSatisfy(answer -> {
            assertThat(CacheFixture.body(answer.reply())).isEqualTo("list of Bearer a");
            assertThat(answer.answeredOn()).isSameAs(answer.askedOn());
        });
        assertThat(answers.stream().map(Answer::askedOn).collect(Collectors.toSet()))
                .hasSize(LOOPS);
        Map<String, Long> statuses = answers.stream()
                .collect(Collectors.groupingBy(answer -> CacheFixture.status(answer.reply()), Collectors.counting()));
        assertThat(statuses)
                .containsOnly(
                        Map.entry("botgate; fwd=uri-miss; stored", 1L),
                        Map.entry("botgate; fwd=uri-miss; collapsed", REQUESTS - 1L));
        assertThat(fixture.count("joined")).isEqualTo(REQUESTS - 1);
    }

    @Test
    void eachCredential_getsItsOwnList() throws Exception {
        List<Answer> answers = askAtOnce(List.of("a", "b"));

        assertThat(upstream.requests()).hasSize(2);
        assertThat(answers).hasSize(REQUESTS).allSatisfy(answer -> assertThat(CacheFixture.body(answer.reply()))
                .isEqualTo("list of Bearer " + answer.bot()));
    }

    @Test
    void aHit_isAnsweredOnItsOwnEventLoopToo() throws Exception {
        List<Answer> misses = askAtOnce(List.of("a"));

        List<Answer> hits = askAtOnce(List.of("a"));

        assertThat(misses).hasSameSizeAs(hits);
        assertThat(upstream.requests()).hasSize(1);
        assertThat(hits).allSatisfy(answer -> {
            assertThat(CacheFixture.status(answer.reply())).contains("hit");
            assertThat(answer.answeredOn()).isSameAs(answer.askedOn());
        });
    }

    private static Script listOfItsCredential(ScriptedUpstream.Request request) {
        String list = "list of " + request.all("Authorization").get(0);
        return Script.of(new Step.Write("HTTP/1.1 200 OK\r\nContent-Length: " + list.length() + "\r\n\r\n" + list));
    }

    private List<Answer> askAtOnce(List<String> bots) throws Exception {
        List<Context> loops = List.copyOf(contexts);
        AtomicInteger unasked = new AtomicInteger(REQUESTS);
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Context loop = loops.get(i % LOOPS);
            String bot = bots.get(i / LOOPS % bots.size());
            Promise<Answer> answer = Promise.promise();
            answers.add(answer.future());
            loop.runOnContext(ignored -> {
                fixture.filter
                        .apply(CacheRequest.members("19:x").as(bot).request(), forwarder)
                        .map(reply -> new Answer(bot, reply, loop, Vertx.currentContext()))
                        .onComplete(answer);
                if (unasked.decrementAndGet() == 0) {
                    everybodyHasAsked.countDown();
                }
            });
        }
        await(Future.all(answers));
        return answers.stream().map(Future::result).toList();
    }

    private Deployable loop() {
        return context -> {
            contexts.add(context);
            return Future.succeededFuture();
        };
    }

    @CanIgnoreReturnValue
    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
