package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.LuaScript;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisConnection;
import java.util.stream.Stream;

/** The Lua scripts of this package; the head of each says what its keys, arguments and reply are. */
final class Scripts {
    private static final String CLOCK = read("clock.lua");
    static final LuaScript DECIDE = LuaScript.of(CLOCK + read("decide.lua"));
    static final LuaScript GIVE_BACK = LuaScript.of(read("giveback.lua"));
    static final LuaScript THROTTLE = LuaScript.of(CLOCK + read("throttle.lua"));
    static final LuaScript RESET = LuaScript.of(CLOCK + read("reset.lua"));
    static final LuaScript HEARTBEAT = LuaScript.of(CLOCK + read("heartbeat.lua"));

    private Scripts() {}

    /** Loads all scripts into the server of {@code connection}. */
    static Future<Void> load(RedisConnection connection) {
        return Future.all(Stream.of(DECIDE, GIVE_BACK, THROTTLE, RESET, HEARTBEAT)
                        .map(script -> script.load(connection))
                        .toList())
                .mapEmpty();
    }

    private static String read(String name) {
        return LuaScript.read(Scripts.class, name);
    }
}
