package dev.botgate.upstream;

import static dev.botgate.upstream.Forwarding.call;
import static dev.botgate.upstream.Forwarding.forwarder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Clearance;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Await;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.Step;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call has while it waits for its leave to go. */
@ExtendWith(TestVertx.class)
class ForwarderClearanceTest {
    private static final String SEND = "/v3/conversations/c/activities";

    @Test
    void whileAnotherLeaveIsAskedFor_theConnectionIsKept(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Leave leave = new Leave();
            Future<Reply> first = readyToGo(forwarder, leave);
            Future<Reply> second = forwarder.serve(call("POST", SEND + "/second"));

            leave.lasts.remove().complete(true);

            Await.await(first);
            Await.await(second);
            assertThat(upstream.take().requestLine()).contains("/first");
            assertThat(upstream.take().requestLine()).contains("/second");
        }
    }

    @Test
    void whoHasToWaitForAnotherLeave_leavesItsConnectionToOthers(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Leave leave = new Leave();
            Future<Reply> first = readyToGo(forwarder, leave);

            leave.lasts.remove().complete(false);

            Await.await(forwarder.serve(call("POST", SEND + "/second")));
            leave.renewals.remove().complete();
            Await.until(() -> !leave.lasts.isEmpty());
            leave.lasts.remove().complete(true);
            Await.await(first);
            assertThat(upstream.take().requestLine()).contains("/second");
            assertThat(upstream.take().requestLine()).contains("/first");
        }
    }

    @Test
    void whatIsPassedThroughAndHasToWait_leavesItsPlaceToOthers(Vertx vertx) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.head("HTTP/1.1 200 OK", "Content-Length: 0"))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context loop = vertx.getOrCreateContext();
            Leave leave = new Leave();
            Future<Reply> first =
                    serve(loop, forwarder, call("POST", "/v3/teams/first").with(leave));
            Await.until(() -> !leave.renewals.isEmpty());
            loop.runOnContext(run -> leave.renewals.remove().complete());
            Await.until(() -> !leave.lasts.isEmpty());

            loop.runOnContext(run -> leave.lasts.remove().complete(false));

            Await.until(() -> !leave.renewals.isEmpty());
            Await.await(serve(loop, forwarder, call("POST", "/v3/teams/second")));
            loop.runOnContext(run -> leave.renewals.remove().complete());
            Await.until(() -> !leave.lasts.isEmpty());
            loop.runOnContext(run -> leave.lasts.remove().complete(true));
            Await.await(first);
            Await.await(serve(loop, forwarder, call("POST", "/v3/teams/third")));
            assertThat(upstream.take().requestLine()).contains("/second");
            assertThat(upstream.take().requestLine()).contains("/first");
            assertThat(upstream.take().requestLine()).contains("/third");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}"})
    void whenTheConnectionEndsBeforeAnythingIsSent_certainlyNothingHappened(String surplus, Vertx vertx) {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(
                Script.reply(200, "{}").then(new Step.Await(gate), new Step.Write(surplus), new Step.Close()))) {
            Forwarder forwarder = forwarder(vertx, upstream.url(), Duration.ofSeconds(30), 1);
            Context loop = vertx.getOrCreateContext();
            Leave leave = new Leave();
            Await.await(serve(loop, forwarder, call("POST", SEND)));
            Future<Reply> second = serve(loop, forwarder, call("POST", SEND).with(leave));
            Await.until(() -> !leave.renewals.isEmpty());
            loop.runOnContext(run -> leave.renewals.remove().complete());
            Await.until(() -> !leave.lasts.isEmpty());

            gate.countDown();
            Await.until(() -> upstream.open() == 0);
            // A timer runs in a later turn of the loop, which begins with reading what has come.
            loop.runOnContext(
                    run -> vertx.setTimer(1, read -> leave.lasts.remove().complete(true)));

            assertThat(catchThrowableOfType(GatewayException.class, () -> Await.await(second))
                            .failure())
                    .isEqualTo(Failure.UPSTREAM_UNREACHABLE);
        }
    }

    /** A call that has a connection, and waits for the last word of {@code leave}. */
    private static Future<Reply> readyToGo(Forwarder forwarder, Leave leave) {
        Future<Reply> reply = forwarder.serve(call("POST", SEND + "/first").with(leave));
        leave.renewals.remove().complete();
        Await.until(() -> !leave.lasts.isEmpty());
        return reply;
    }

    private static Future<Reply> serve(Context loop, Forwarder forwarder, Call call) {
        Promise<Reply> reply = Promise.promise();
        loop.runOnContext(run -> forwarder.serve(call).onComplete(reply));
        return reply.future();
    }

    /** A leave whose answers the test gives. */
    private static final class Leave implements Clearance {
        final Queue<Promise<Void>> renewals = new ConcurrentLinkedQueue<>();
        final Queue<Promise<Boolean>> lasts = new ConcurrentLinkedQueue<>();

        @Override
        public Future<Void> renewed() {
            return asked(renewals);
        }

        @Override
        public Future<Boolean> last() {
            return asked(lasts);
        }

        /** Whoever asks on an event loop is answered there, as by a store. */
        private static <T> Future<T> asked(Queue<Promise<T>> asked) {
            Promise<T> answer =
                    Vertx.currentContext() instanceof ContextInternal asker ? asker.promise() : Promise.promise();
            asked.add(answer);
            return answer.future();
        }
    }
}
