package dev.botgate.server;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.FatalErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * A data listener in a process of its own, so that its descriptors can be limited. Arguments: the most connections of
 * clients. {@code GET /PORT} lets it open 30 connections to that port.
 */
final class FewDescriptors {
    private static final int OUTWARDS = 30;

    private FewDescriptors() {}

    public static void main(String[] arguments) {
        // Without descriptors no class can be loaded any more.
        LoggerFactory.getLogger(FewDescriptors.class)
                .atError()
                .addKeyValue("is", "loaded")
                .log("Logging");
        FatalErrors.report(null);
        int maximum = Integer.parseInt(arguments[0]);
        Vertx vertx = Vertx.vertx();
        NetClient client = vertx.createNetClient();
        new ServerPlan()
                .connections(maximum, maximum)
                .of(vertx, arrival -> answer(client, arrival))
                .start()
                .onComplete(port -> System.out.println("port " + port), Throwable::printStackTrace);
    }

    private static Future<Reply> answer(NetClient client, Arrival arrival) {
        int port = Integer.parseInt(arrival.head().uri().substring(1));
        List<Future<NetSocket>> sockets = new ArrayList<>();
        for (int i = 0; port > 0 && i < OUTWARDS; i++) {
            sockets.add(client.connect(port, "127.0.0.1"));
        }
        return Future.all(sockets).map(all -> ServerPlan.ok(Buffer.buffer(sockets.size() + " opened")));
    }
}
