package dev.botgate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Destination;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.testing.Patience;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HangUpTest {
    @Test
    void whenAClientLeavesBeforeItIsAnswered_itsRequestIsTold() throws Exception {
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
