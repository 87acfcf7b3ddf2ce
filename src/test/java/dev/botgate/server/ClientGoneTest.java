package dev.botgate.server;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Destination;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.testing.Patience;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that disconnects while it waits for its reply. */
@ExtendWith(TestVertx.class)
class ClientGoneTest {
    @ParameterizedTest
    @CsvSource({"GET, false", "GET, true", "POST, false", "POST, true"})
    void whenTheClientDisconnects_itsRequestReportsThat(String method, boolean reset, Vertx vertx) {
        CompletableFuture<IncomingBody> arrived = new CompletableFuture<>();
        Promise<Reply> answer = Promise.promise();
        GatewayServer server = new GatewayServer(
                vertx,
                ServerPlan.settings(),
                uri -> new Destination("teams", uri),
                arrival -> arrival.body()
                        .read(1_000)
                        .onSuccess(read -> arrived.complete(arrival.body()))
                        .compose(read -> answer.future()),
                new MemoryBudget(1 << 20, new SimpleMeterRegistry()),
                ServerPlan.noLimits(),
                InstantSource.system(),
                new SimpleMeterRegistry());
        int port = await(server.start());

        Raw client = Raw.connect(port)
                .send(Raw.request(method + " /v3/x HTTP/1.1", List.of(), method.equals("POST") ? "{}" : ""));
        IncomingBody body = arrived.join();
        assertThat(body.clientGone()).isFalse();
        if (reset) {
            client.reset();
        } else {
            client.close();
        }

        until(body::clientGone);
        answer.complete(
                new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer("late"))));
        await(server.stop());
    }

    @Nested
    class HangUpTest {
        @Test
        void whenAClientDisconnectsBeforeItsReply_itsRequestIsNotified() throws Exception {
            Vertx vertx = Vertx.vertx();
            CompletableFuture<Void> arrived = new CompletableFuture<>();
            CompletableFuture<Void> gone = new CompletableFuture<>();
            Promise<Reply> never = Promise.promise();
            GatewayServer server = new GatewayServer(
                    vertx,
                    ServerPlan.settings(),
                    target -> new Destination("teams", target),
                    arrival -> {
                        arrival.body().whenGone(() -> gone.complete(null));
                        arrived.complete(null);
                        return never.future();
                    },
                    new MemoryBudget(1 << 20, new SimpleMeterRegistry()),
                    ServerPlan.noLimits(),
                    InstantSource.system(),
                    new SimpleMeterRegistry());
            int port = server.start()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            NetSocket client = vertx.createNetClient()
                    .connect(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            var written = client.write(
                    "POST /v3/conversations/c/activities HTTP/1.1\r\nHost: gate\r\nContent-Length: 2\r\n\r\n{}");
            arrived.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);

            var closed = client.close();

            assertThat(gone.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isNull();
            assertThat(written.failed() || closed.failed()).isFalse();
            vertx.close().toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
