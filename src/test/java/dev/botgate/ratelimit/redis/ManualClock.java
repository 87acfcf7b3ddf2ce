package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.LuaScript;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.util.List;

/**
 * Scripts by a clock that stands where the test puts it, also for what expires: Redis' own clock would drop keys earlier than
 * the test's where the machine is slow, and keep them where the test's clock leaps.
 */
final class ManualClock {
    /** What stands in for {@code redis.call}; the two last arguments are the time. */
    private static final String PRELUDE =
            """
            local clock, ends = { ARGV[#ARGV - 1], ARGV[#ARGV] }, '{manual}:ends'
            local millis = clock[1] * 1000 + clock[2] / 1000
            local kept = redis.call('HGETALL', ends)
            for i = 1, #kept, 2 do
              if tonumber(kept[i + 1]) <= millis then redis.call('DEL', kept[i]) end
              if redis.call('EXISTS', kept[i]) == 0 then redis.call('HDEL', ends, kept[i]) end
            end
            local function expire(key, after) redis.call('HSET', ends, key, string.format('%.3f', millis + after)) end
            local function manual(command, key, ...)
              local more = { ... }
              if command == 'TIME' then return clock end
              if command == 'PTTL' then
                if redis.call('EXISTS', key) == 0 then return -2 end
                local at = redis.call('HGET', ends, key)
                return at and math.floor(at - millis) or -1
              end
              if command == 'PEXPIRE' then
                return redis.call('EXISTS', key) == 1 and expire(key, more[1]) or 1
              end
              if command == 'SET' then
                redis.call('HDEL', ends, key)
                if more[2] == 'PX' then expire(key, more[3]) end
                return redis.call('SET', key, more[1])
              end
              return redis.call(command, key, ...)
            end
            """;

    private ManualClock() {}

    /** A run of {@code script} at {@code micros}. */
    static Request run(LuaScript script, List<String> keys, List<String> arguments, long micros) {
        Request request = Request.cmd(Command.EVAL)
                .arg(PRELUDE + script.source().replace("redis.call", "manual"))
                .arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request.arg(micros / 1_000_000).arg(micros % 1_000_000);
    }
}
