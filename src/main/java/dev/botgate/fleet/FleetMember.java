package dev.botgate.fleet;

import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;
import java.util.List;

/** A part of the gateway that shares something with other gateways. Everything is called on the connection's event loop. */
public interface FleetMember {
    /** The channels to subscribe to. */
    List<String> channels();

    /** Makes a new connection ready for this member's commands; fails as Redis fails, and the connection is not used then. */
    default Future<Void> prepare(RedisConnection connection) {
        return Future.succeededFuture();
    }

    /** Commands can be sent, and whatever is published from now on is received. */
    default void connected() {}

    /** Sends what is due at each heartbeat. A failure counts as a command that Redis did not answer. */
    Future<Void> heartbeat();

    /** {@code message} was published on {@code channel}, one of {@link #channels}. */
    void received(String channel, String message);

    /** The connection is lost; called once for each {@link #connected}. */
    void disconnected();

    /** The gateway stops. What this member has to tell the others is to be sent now. */
    default Future<Void> leave() {
        return Future.succeededFuture();
    }
}
