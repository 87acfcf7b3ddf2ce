package dev.botgate.cache.redis;

import dev.botgate.cache.Drop;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What gateways tell each other.
 *
 * @param from the gateway that tells
 */
record Message(String from, Drop drop) {
    private static final String FROM = "from";
    private static final String UPSTREAM = "upstream";
    private static final String CONVERSATION = "conversation";

    String text() {
        return new JsonObject()
                .put(FROM, from)
                .put(UPSTREAM, drop.upstream())
                .put(CONVERSATION, drop.conversation())
                .encode();
    }

    /** Empty for what is no message of this kind. */
    static Optional<Message> read(String text) {
        try {
            JsonObject json = new JsonObject(text);
            String from = json.getString(FROM);
            boolean whole = from != null && json.containsKey(UPSTREAM) && json.containsKey(CONVERSATION);
            return whole
                    ? Optional.of(new Message(from, new Drop(json.getString(UPSTREAM), json.getString(CONVERSATION))))
                    : Optional.empty();
        } catch (DecodeException | ClassCastException other) {
            return Optional.empty();
        }
    }
}
