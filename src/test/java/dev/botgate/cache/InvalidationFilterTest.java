package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidationFilterTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");

    @RegisterExtension
    final CacheFixture fixture = new CacheFixture();

    private final InvalidationFilter filter = new InvalidationFilter(fixture.cache);

    @Test
    void anActivityThatNamesMembers_dropsTheConversationsLists() {
        fixture.askAndAnswer(MEMBERS, "before");

        Future<Reply> sent = send("POST", "activities", true, Future.succeededFuture(HeldService.ok("{}")));

        assertThat(sent.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).isEmpty();
        assertThat(fixture.fleet.sent()).containsOnly(new Invalidation(null, "19:x"));
    }

    @Test
    void anActivityThatNamesNoMembers_dropsNothing() {
        fixture.askAndAnswer(MEMBERS, "before");

        Future<Reply> sent = send("POST", "activities", false, Future.succeededFuture(HeldService.ok("{}")));

        assertThat(sent.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).hasSize(1);
        assertThat(fixture.fleet.sent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, activities, 0",
        "POST, activities/1, 0",
        "PUT, activities/1, 0",
        "POST, activities/history, 0",
        "POST, attachments, 1"
    })
    void onlyActivitiesAreSearchedForMembers(String method, String path, int left) {
        fixture.askAndAnswer(MEMBERS, "before");

        Future<Reply> sent = send(method, path, true, Future.succeededFuture(HeldService.ok("{}")));

        assertThat(sent.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).hasSize(left);
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /members/29%3Am, 0",
        "POST, activities., 0",
        "GET, members., 1",
        "PUT, activities/1/reactions/like, 1"
    })
    void aMutationByAnUnknownRoute_dropsTheLists(String method, String path, int left) {
        fixture.askAndAnswer(MEMBERS, "before");

        Future<Reply> sent = send(method, path, false, Future.succeededFuture(HeldService.ok("{}")));

        assertThat(sent.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).hasSize(left);
    }

    @Test
    void aListLoadedDuringTheCall_isDroppedToo() {
        Promise<Reply> answer = Promise.promise();
        Future<Reply> sent = send("POST", "activities", true, answer.future());
        fixture.askAndAnswer(MEMBERS, "meanwhile");

        answer.complete(HeldService.ok("{}"));

        assertThat(sent.succeeded()).isTrue();
        assertThat(fixture.cache.stored().asMap()).isEmpty();
    }

    @Test
    void aCallThatTheGatewayRefuses_dropsNothing() {
        fixture.askAndAnswer(MEMBERS, "before");
        GatewayException refusal = new GatewayException(Failure.THROTTLED, "There is no permit");

        Future<Reply> refused = filter.apply(removal(), call -> Future.failedFuture(refusal));

        assertThat(refused.cause()).isSameAs(refusal);
        assertThat(fixture.cache.stored().asMap()).hasSize(1);
        assertThat(fixture.fleet.sent()).isEmpty();
    }

    @Test
    void aCallThatCannotConnect_dropsNothing() {
        fixture.askAndAnswer(MEMBERS, "before");
        GatewayException unreachable = new GatewayException(Failure.UPSTREAM_UNREACHABLE, "It cannot be reached");

        Future<Reply> failed = filter.apply(removal(), call -> Future.failedFuture(unreachable));

        assertThat(failed.cause()).isSameAs(unreachable);
        assertThat(fixture.cache.stored().asMap()).hasSize(1);
        assertThat(fixture.fleet.sent()).isEmpty();
    }

    private static Call removal() {
        return CacheRequest.removal("19:x").request().with(new Payload.None());
    }

    private Future<Reply> send(String method, String path, boolean namesMembers, Future<Reply> answer) {
        Identified request =
                CacheRequest.get("/v3/conversations/19:x/" + path).by(method).request();
        Payload payload = new Payload.Whole(Buffer.buffer("{}"), null, "application/json", List.of(), namesMembers);
        return filter.apply(new Call(request.head(), request.caller(), payload), call -> answer);
    }
}
