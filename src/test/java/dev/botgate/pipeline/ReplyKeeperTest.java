package dev.botgate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.ReceivedBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReplyKeeperTest {
    private static final RequestHead HEAD = new RequestHead(
            "request-1",
            Instant.EPOCH,
            "POST",
            "teams",
            "/v3/conversations",
            RouteTable.match("POST", "/v3/conversations"),
            MultiMap.caseInsensitiveMultiMap(),
            new Peer("127.0.0.1", "http", "gate"));

    @Test
    void whenAFilterFailsOnAReply_theClientGetsTheReplyUnchanged() {
        Reply created = reply(201);

        Future<Reply> answer = serve(
                (arrival, next) -> next.serve(arrival).map(reply -> {
                    throw new IndexOutOfBoundsException("a fault");
                }),
                Future.succeededFuture(created));

        assertThat(answer.result()).isSameAs(created);
    }

    @Test
    void whenAFilterThrowsAfterAReply_theClientGetsTheReplyUnchanged() {
        Reply created = reply(201);

        Future<Reply> answer = serve(
                (arrival, next) -> {
                    var unused = next.serve(arrival);
                    throw new IllegalStateException("a fault");
                },
                Future.succeededFuture(created));

        assertThat(answer.result()).isSameAs(created);
    }

    @Test
    void aReplyThatAFilterChanges_reachesTheClientChanged() {
        Future<Reply> answer = serve(
                (arrival, next) -> next.serve(arrival).map(reply -> reply(reply.status() + 1)),
                Future.succeededFuture(reply(201)));

        assertThat(answer.result().status()).isEqualTo(202);
    }

    @Test
    void aFailureWithoutAReply_remainsAFailure() {
        IllegalStateException fault = new IllegalStateException("a fault");

        Future<Reply> answer = serve((arrival, next) -> next.serve(arrival), Future.failedFuture(fault));

        assertThat(answer.cause()).isSameAs(fault);
    }

    @Test
    void aFiltersIntendedFailure_replacesTheReply() {
        GatewayException refused = new GatewayException(Failure.UPSTREAM_UNREACHABLE, "Another attempt failed");
        AtomicInteger attempts = new AtomicInteger();

        Future<Reply> answer = serve(
                (arrival, next) -> next.serve(arrival).compose(reply -> {
                    attempts.incrementAndGet();
                    return Future.failedFuture(refused);
                }),
                Future.succeededFuture(reply(503)));

        assertThat(answer.cause()).isSameAs(refused);
        assertThat(attempts).hasValue(1);
    }

    private static Future<Reply> serve(Filter<Arrival, Arrival> filter, Future<Reply> reply) {
        return new ReplyKeeper<>(filter).apply(new Arrival(HEAD, new ReceivedBody(Buffer.buffer())), arrival -> reply);
    }

    private static Reply reply(int status) {
        return new Reply(
                status, "Reason", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer("{}")));
    }
}
