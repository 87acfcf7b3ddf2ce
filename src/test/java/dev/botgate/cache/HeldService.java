package dev.botgate.cache;

import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The service behind the cache: each call waits until the test answers it. */
final class HeldService implements Service<Identified> {
    /** A call that waits for its answer. */
    record Held(Identified request, Promise<Reply> reply) {
        void answer(String body) {
            reply.complete(HeldService.ok(body));
        }
    }

    private final List<Held> calls = new CopyOnWriteArrayList<>();

    @Override
    public Future<Reply> serve(Identified request) {
        Held held = new Held(request, Promise.promise());
        calls.add(held);
        return held.reply().future();
    }

    List<Held> calls() {
        return calls;
    }

    Held last() {
        return calls.get(calls.size() - 1);
    }

    static Reply ok(String body) {
        return reply(200, body, Map.of("Content-Type", "application/json"));
    }

    static Reply reply(int status, String body, Map<String, String> headers) {
        return new Reply(
                status,
                "Reason",
                MultiMap.caseInsensitiveMultiMap().addAll(headers),
                new ReplyBody.Whole(Buffer.buffer(body)));
    }
}
