package dev.botgate.ratelimit;

import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The right to send one request upstream. */
public final class Permit {
    private final Ask ask;
    private final Supplier<Map<String, String>> headers;
    private final BiConsumer<Ask, Reply> hear;

    Permit(Ask ask, Supplier<Map<String, String>> headers, BiConsumer<Ask, Reply> hear) {
        this.ask = ask;
        this.headers = headers;
        this.hear = hear;
    }

    /** Hears what the upstream answered to the request that this permit was for: its 429 or 412 is heard by the fleet. */
    public void heard(Reply reply) {
        hear.accept(ask, reply);
    }

    /** {@code reply} with what is left of the quota. */
    public Reply tell(Reply reply) {
        Map<String, String> more = headers.get();
        if (more.isEmpty()) {
            return reply;
        }
        MultiMap all = MultiMap.caseInsensitiveMultiMap().addAll(reply.headers());
        more.forEach(all::add);
        return reply.withHeaders(all);
    }
}
