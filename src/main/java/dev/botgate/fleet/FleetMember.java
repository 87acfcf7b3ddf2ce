package dev.botgate.fleet;

import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;
import java.util.List;

/** A part of the gateway that shares something with other gateways. Everything is called on the connection's event loop. */
public interface FleetMember {
    /** The channels to subscribe to. */
    List<String> channels();

    /** Prepares a new connection for this member's commands. If it fails, the connection is not used. */
    default Future<Void> prepare(RedisConnection connection) {
        return Future.succeededFuture();
    }

    /** Redis is connected: commands can be sent, and messages published from now on are received. */
    default void connected() {}

    /** Called at each heartbeat. A failure counts as a command that Redis did not answer. */
    Future<Void> heartbeat();

    /** {@code message} was published on {@code channel}, one of {@link #channels}. */
    void received(String channel, String message);

    /** The connection is lost; called once for each {@link #connected}. */
    void disconnected();

    /** The gateway stops: sends what other gateways must know. */
    default Future<Void> leave() {
        return Future.succeededFuture();
    }
}
