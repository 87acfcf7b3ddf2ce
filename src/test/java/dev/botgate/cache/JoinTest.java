package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.LOAD_DEADLINE;
import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.UnreadBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for a list that is already being loaded. */
class JoinTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");
    private static final CacheRequest ANEW = MEMBERS.with("Cache-Control", "no-cache");

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    @Test
    void aRequestForAListThatIsBeingLoaded_joinsTheLoad() {
        Future<Reply> first = fixture.ask(MEMBERS);
        Future<Reply> second = fixture.ask(MEMBERS);
        assertThat(second.isComplete()).isFalse();

        fixture.upstream.last().answer("list");

        assertThat(fixture.upstream.calls()).hasSize(1);
        assertThat(body(second.result())).isEqualTo("list");
        assertThat(status(first.result())).isEqualTo("botgate; fwd=uri-miss; stored");
        assertThat(status(second.result())).isEqualTo("botgate; fwd=uri-miss; collapsed");
        assertThat(second.result().headers())
                .isNotSameAs(first.result().headers())
                .isNotSameAs(fixture.upstream.last().reply().future().result().headers());
        assertThat(fixture.count("joined")).isEqualTo(1);
        assertThat(fixture.meters
                        .get("botgate.cache.load")
                        .tag("result", "stored")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whenAReplyCannotBeProcessed_allWaitingRequestsFail_andTheNextOneLoadsAgain() {
        RuntimeException bug = new IllegalStateException("a bug");
        Future<Reply> first = fixture.ask(MEMBERS);
        Future<Reply> second = fixture.ask(MEMBERS);

        fixture.upstream.last().reply().complete(unreadable(bug));

        assertThat(first.cause()).isSameAs(bug);
        assertThat(second.cause()).isSameAs(bug);
        assertThat(fixture.cache.loadsUnderWay()).isZero();
        assertThat(fixture.timers.waiting()).isZero();
        assertThat(body(fixture.askAndAnswer(MEMBERS, "list"))).isEqualTo("list");
    }

    /** A reply with headers that cannot be read. */
    private static Reply unreadable(RuntimeException bug) {
        MultiMap headers = (MultiMap) Proxy.newProxyInstance(
                MultiMap.class.getClassLoader(), new Class<?>[] {MultiMap.class}, (proxy, method, arguments) -> {
                    throw bug;
                });
        return new Reply(200, "OK", headers, new ReplyBody.Whole(Buffer.buffer("list")));
    }

    @Test
    void theFirstClientsDisconnect_doesNotCancelTheLoad() {
        Identified request = MEMBERS.request();
        UnreadBody body = new UnreadBody(0);
        body.disconnect();
        Identified left = new Identified(request.head(), request.caller(), body);

        Future<Reply> reply = fixture.filter.apply(left, fixture.upstream);

        assertThat(left.with(new Payload.None()).clientGone().getAsBoolean()).isTrue();
        Identified load = fixture.upstream.last().request();
        assertThat(load.with(new Payload.None()).clientGone().getAsBoolean()).isFalse();
        fixture.upstream.last().answer("list");
        assertThat(body(reply.result())).isEqualTo("list");
    }

    @Test
    void aLoadOfAnotherCredential_isNotJoined() {
        List<Future<Reply>> asked =
                Stream.of("a", "b").map(bot -> fixture.ask(MEMBERS.as(bot))).toList();

        fixture.upstream.calls().get(1).answer("list of b");
        fixture.upstream.calls().get(0).answer("list of a");

        assertThat(asked).extracting(reply -> body(reply.result())).containsExactly("list of a", "list of b");
        assertThat(body(fixture.askAndAnswer(MEMBERS.as("b"), ""))).isEqualTo("list of b");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 429, 503})
    void anErrorReply_answersAllWaitingRequests_andIsNotStored(int error) {
        List<Future<Reply>> asked = threeRequests();

        fixture.upstream.last().reply().complete(HeldService.reply(error, "no", Map.of()));

        assertThat(asked).extracting(reply -> reply.result().status()).containsOnly(error);
        assertThat(body(fixture.askAndAnswer(MEMBERS, "list"))).isEqualTo("list");
    }

    @Test
    void aFailure_failsAllWaitingRequests_andIsNotStored() {
        List<Future<Reply>> asked = threeRequests();
        GatewayException failure = new GatewayException(Failure.UPSTREAM_TIMEOUT, "The upstream was silent for 30s");

        fixture.upstream.last().reply().fail(failure);

        assertThat(asked).extracting(Future::cause).containsOnly(failure);
        assertThat(fixture.cache.loadsUnderWay()).isZero();
        assertThat(body(fixture.askAndAnswer(MEMBERS, "list"))).isEqualTo("list");
    }

    @Test
    void anExceptionThatTheUpstreamThrows_isAFailureToo() {
        IllegalStateException bug = new IllegalStateException("a bug");

        Future<Reply> reply = fixture.filter.apply(MEMBERS.request(), request -> {
            throw bug;
        });

        assertThat(reply.cause()).isSameAs(bug);
        assertThat(fixture.cache.loadsUnderWay()).isZero();
    }

    @Test
    void whenTheFirstClientDisconnects_anotherRequestLoads() {
        List<Future<Reply>> asked = threeRequests();

        fixture.upstream.last().reply().fail(new GatewayException(Failure.CLIENT_GONE, "The client left"));
        assertThat(fixture.upstream.calls()).hasSize(2);
        fixture.upstream.last().answer("list");

        assertThat(asked.get(0).failed()).isTrue();
        assertThat(asked.subList(1, 3))
                .extracting(reply -> body(reply.result()))
                .containsOnly("list");
    }

    @Test
    void aStreamedReply_isForOneClientOnly_soTheOthersAreSentThemselves() {
        List<Future<Reply>> asked = threeRequests();
        ReplyBody stream = new ReplyBody.Streamed(new Chunks(), -1, () -> {});

        fixture.upstream.last().reply().complete(HeldService.ok("").withBody(stream));
        fixture.upstream.calls().get(1).answer("second");
        fixture.upstream.calls().get(2).answer("third");

        assertThat(asked.get(0).result().body()).isSameAs(stream);
        assertThat(body(asked.get(1).result())).isEqualTo("second");
        assertThat(body(asked.get(2).result())).isEqualTo("third");
        assertThat(status(asked.get(2).result())).isEqualTo("botgate; fwd=uri-miss");
    }

    @Test
    void aLoadPastItsDeadline_isNotJoined_andItsListIsNotStored() {
        Future<Reply> first = fixture.ask(MEMBERS);
        fixture.pass(LOAD_DEADLINE.minusNanos(1));
        Future<Reply> joined = fixture.ask(MEMBERS);
        fixture.pass(LOAD_DEADLINE);

        Reply newcomer = fixture.askAndAnswer(MEMBERS, "new");
        fixture.upstream.calls().get(0).answer("old");

        assertThat(fixture.upstream.calls()).hasSize(2);
        assertThat(status(newcomer)).isEqualTo("botgate; fwd=uri-miss; stored");
        assertThat(body(joined.result())).isEqualTo("old");
        assertThat(status(first.result())).isEqualTo("botgate; fwd=uri-miss; detail=superseded");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
    }

    @Test
    void aLoadThatNeverEnds_leavesNothingBehind_onceAnotherTookItsPlace() {
        Future<Reply> forever = fixture.ask(MEMBERS);
        fixture.pass(LOAD_DEADLINE);

        Reply refused = fixture.askAndAnswer(MEMBERS, HeldService.reply(404, "", Map.of()));

        assertThat(refused.status()).isEqualTo(404);
        assertThat(forever.isComplete()).isFalse();
        assertThat(fixture.cache.loadsUnderWay()).isZero();
    }

    @Test
    void aRequestWithNoCache_joinsNoEarlierLoad() {
        Future<Reply> before = fixture.ask(MEMBERS);

        Future<Reply> anew = fixture.ask(ANEW);
        fixture.upstream.calls().get(1).answer("new");
        fixture.upstream.calls().get(0).answer("old");

        assertThat(body(before.result())).isEqualTo("old");
        assertThat(body(anew.result())).isEqualTo("new");
        assertThat(body(fixture.askAndAnswer(MEMBERS, ""))).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRefusalOfOneToken_doesNotAnswerAnotherTokenOfTheSameBot(int refusal) {
        Future<Reply> expired = fixture.ask(MEMBERS.verifiedBy("expired"));
        Future<Reply> expiredToo = fixture.ask(MEMBERS.verifiedBy("expired"));
        Future<Reply> valid = fixture.ask(MEMBERS.verifiedBy("valid"));
        Future<Reply> validToo = fixture.ask(MEMBERS.verifiedBy("valid"));

        fixture.upstream.last().reply().complete(HeldService.reply(refusal, "no", Map.of()));
        assertThat(List.of(expired, expiredToo))
                .extracting(reply -> reply.result().status())
                .containsOnly(refusal);
        assertThat(valid.isComplete()).isFalse();
        assertThat(fixture.upstream.calls()).hasSize(2);
        assertThat(fixture.upstream.last().request().head().headers().get("Authorization"))
                .isEqualTo("Bearer valid");
        fixture.upstream.last().answer("list");

        assertThat(List.of(valid, validToo))
                .extracting(reply -> body(reply.result()))
                .containsOnly("list");
    }

    @Test
    void a404_answersAllTokensOfTheBot() {
        Future<Reply> one = fixture.ask(MEMBERS.verifiedBy("1"));
        Future<Reply> other = fixture.ask(MEMBERS.verifiedBy("2"));

        fixture.upstream.last().reply().complete(HeldService.reply(404, "no", Map.of()));

        assertThat(List.of(one, other))
                .extracting(reply -> reply.result().status())
                .containsOnly(404);
        assertThat(fixture.upstream.calls()).hasSize(1);
    }

    @Test
    void aRefusalOfARequestThatIsSentItself_dropsTheList() {
        CacheRequest page = CacheRequest.paged("19:x", "pageSize=50");
        fixture.askAndAnswer(page, "page");
        List<Future<Reply>> asked = List.of(fixture.ask(MEMBERS), fixture.ask(MEMBERS));
        fixture.upstream.last().reply().complete(HeldService.reply(200, "for one only", Map.of("Set-Cookie", "a=b")));

        fixture.upstream.last().reply().complete(HeldService.reply(403, "no", Map.of()));

        assertThat(asked).extracting(reply -> reply.result().status()).containsExactly(200, 403);
        assertThat(status(fixture.askAndAnswer(page, "page anew"))).contains("uri-miss");
    }

    private List<Future<Reply>> threeRequests() {
        return Stream.of(MEMBERS, MEMBERS, MEMBERS).map(fixture::ask).toList();
    }
}
