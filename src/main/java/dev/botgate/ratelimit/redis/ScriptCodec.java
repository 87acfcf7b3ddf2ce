package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.LuaScript;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import dev.botgate.ratelimit.redis.UpstreamThrottles.ThrottleNotice;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Lua scripts of this package, with their keys, arguments and replies. The head of each script documents them.
 *
 * <p>All keys of a fleet share one hash tag, so that one script can use all of them in a Redis Cluster.
 */
final class ScriptCodec {
    private static final String CLOCK = read("clock.lua");
    static final LuaScript DECIDE = LuaScript.of(CLOCK + read("decide.lua"));
    static final LuaScript GIVE_BACK = LuaScript.of(read("giveback.lua"));
    static final LuaScript THROTTLE = LuaScript.of(CLOCK + read("throttle.lua"));
    static final LuaScript RESET = LuaScript.of(CLOCK + read("reset.lua"));
    static final LuaScript HEARTBEAT = LuaScript.of(CLOCK + read("heartbeat.lua"));

    private ScriptCodec() {}

    /** Loads all scripts into the server of {@code connection}. */
    static Future<Void> load(RedisConnection connection) {
        return Future.all(Stream.of(DECIDE, GIVE_BACK, THROTTLE, RESET, HEARTBEAT)
                        .map(script -> script.load(connection))
                        .toList())
                .mapEmpty();
    }

    private static String read(String name) {
        return LuaScript.read(ScriptCodec.class, name);
    }

    static List<String> decideKeys(RedisKeys keys, PermitRequest request) {
        List<String> out = new ArrayList<>(3 + 3 * request.scopes().size());
        out.add(keys.clock());
        out.add(keys.settle());
        out.add(keys.epoch());
        for (Scope scope : request.scopes()) {
            out.add(keys.throttle(scope.key()));
            out.add(keys.searchHint(scope));
        }
        for (Scope scope : request.scopes()) {
            out.add(keys.log(scope.key()));
        }
        return out;
    }

    /**
     * @param withoutShare whether this gateway may send nothing before the fleet has settled
     * @param epoch the epoch that this gateway knows
     */
    static List<String> decideArguments(PermitRequest request, String id, boolean withoutShare, String epoch) {
        List<String> out = new ArrayList<>(6 + 3 * request.scopes().size());
        out.add(id);
        out.add(Integer.toString(request.owner()));
        out.add(decimal(request.weight()));
        out.add(Long.toString(Math.min(request.clientWait(), 1_000_000_000_000_000L)));
        out.add(withoutShare ? "1" : "0");
        out.add(epoch);
        for (Scope scope : request.scopes()) {
            Limit limit = scope.limit();
            out.add(Integer.toString((limit.shared() ? 1 : 0) + (limit.enforced() ? 2 : 0)));
            out.add(Long.toString(request.maximumWaitFor(limit)));
            out.add(windows(limit));
        }
        return out;
    }

    private static String windows(Limit limit) {
        StringBuilder out = new StringBuilder(64).append('[');
        for (int w = 0; w < limit.windows().size(); w++) {
            out.append(w == 0 ? "" : ",")
                    .append(limit.windows().get(w).permits())
                    .append(',')
                    .append(limit.micros(w));
        }
        return out.append(']').toString();
    }

    static List<String> giveBackKeys(RedisKeys keys, PermitRequest request) {
        return request.scopes().stream()
                .flatMap(scope -> Stream.of(keys.log(scope.key()), keys.searchHint(scope)))
                .toList();
    }

    static List<String> giveBackArguments(PermitRequest request, String id) {
        return request.scopes().stream()
                .flatMap(scope ->
                        Stream.of(member(scope, request, id), scope.limit().shared() ? "1" : "0"))
                .toList();
    }

    static Decision decision(Response reply, long reservation) {
        Buffer value = reply.toBuffer();
        boolean admitted = admitted(reply);
        return new Decision(
                admitted,
                value(value, 1),
                admitted ? reservation : 0,
                (int) value(value, 2),
                new Decision.Quota((int) value(value, 3), (int) value(value, 4), value(value, 5), value(value, 6)),
                value(value, 7));
    }

    private static long value(Buffer reply, int index) {
        return (long) reply.getDouble(index * Double.BYTES);
    }

    static boolean admitted(Response reply) {
        return value(reply.toBuffer(), 0) == 1;
    }

    static boolean settling(Response reply) {
        return value(reply.toBuffer(), 8) == 1;
    }

    /** Whether Redis has lost its data since the epoch of the request, and decided nothing. */
    static boolean forgotten(Response reply) {
        return value(reply.toBuffer(), 8) == 2;
    }

    static long number(Response reply, int index) {
        return reply.get(index).toLong();
    }

    /** The member that {@code id} has in the log of {@code scope}. */
    private static String member(Scope scope, PermitRequest request, String id) {
        return scope.limit().shared() ? id + ":" + request.owner() : id;
    }

    /** @param age microseconds since {@code notice} was received */
    static List<String> throttleArguments(ThrottleNotice notice, long age, ThrottleSettings settings, String channel) {
        return List.of(
                Integer.toString(notice.status()),
                Long.toString(notice.cooldown()),
                Long.toString(Limit.micros(settings.restart())),
                Long.toString(notice.gap()),
                settings.adaptive() ? "1" : "0",
                decimal(settings.decrease()),
                decimal(settings.floor()),
                Long.toString(Limit.micros(settings.recovery())),
                Long.toString(ThrottleState.SAME_WITHIN),
                Long.toString(ThrottleState.REPEATED_WITHIN),
                channel,
                notice.key(),
                Long.toString(age),
                Long.toString(notice.lead()));
    }

    /** The keys of {@link #THROTTLE} and {@link #RESET} for a scope. */
    static List<String> scopeKeys(RedisKeys keys, String scope) {
        return List.of(
                keys.clock(),
                keys.log(scope),
                keys.throttle(scope),
                keys.cooldownEnds(),
                keys.fullUntil(scope),
                keys.pace(scope));
    }

    static List<String> resetArguments(String scope, ThrottleSettings settings, String channel) {
        long keepFor = Limit.micros(settings.maximumCooldown()) + ThrottleState.REPEATED_WITHIN;
        return List.of(channel, scope, Long.toString(keepFor));
    }

    /** Parses a published notice: {@code status remaining factor gap key}. */
    static ThrottleNotice notice(String message, long receivedAt) {
        String[] parts = message.split(" ", 5);
        return new ThrottleNotice(
                parts[4],
                Integer.parseInt(parts[0]),
                receivedAt,
                Long.parseLong(parts[1]),
                Long.parseLong(parts[3]),
                0,
                Double.parseDouble(parts[2]));
    }

    private static String decimal(double number) {
        return Double.toString(number);
    }

    /** The names of the keys and channels of one fleet. */
    static final class RedisKeys {
        private final String tag;

        RedisKeys(String prefix) {
            this.tag = "{" + prefix + "}:";
        }

        String clock() {
            return tag + "clock";
        }

        String settle() {
            return tag + "settle";
        }

        String gateways() {
            return tag + "gateways";
        }

        String epoch() {
            return tag + "epoch";
        }

        /** The channel on which cooldowns and resets are published. */
        String cooldowns() {
            return tag + "cooldowns";
        }

        /** The scopes in a cooldown, sorted by its end. */
        String cooldownEnds() {
            return tag + "cooldown-ends";
        }

        /** The admissions of a scope. */
        String log(String scope) {
            return tag + "log:" + scope;
        }

        /** The throttle state of a scope. */
        String throttle(String scope) {
            return tag + "throttle:" + scope;
        }

        /** The spacing of a shared scope's queue, and the time until which it is full. */
        String pace(String scope) {
            return tag + "pace:" + scope;
        }

        /** The time until which a scope of one bot is full; searches begin there. */
        String fullUntil(String scope) {
            return tag + "full:" + scope;
        }

        /** The result of an earlier search: {@link #pace} or {@link #fullUntil}. */
        String searchHint(Scope scope) {
            return scope.limit().shared() ? pace(scope.key()) : fullUntil(scope.key());
        }
    }
}
