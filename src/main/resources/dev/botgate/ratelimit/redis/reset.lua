-- Removes the counts and the cooldown of a scope, and publishes that to every gateway. Called for an operator.
--
-- KEYS: clock, log, throttle, cooldowns, full, pace
-- ARGV: channel, the scope's key, how long gateways may still send throttles that they received before, in microseconds

local now = readClock(KEYS[1], redis.call('GET', KEYS[1]))
redis.call('DEL', KEYS[2], KEYS[5], KEYS[6])
redis.call('SET', KEYS[3], '0 0 0 0 1 ' .. text(now) .. ' 0 0 ' .. text(now) .. ' 0', 'PX',
  math.ceil(tonumber(ARGV[3]) / 1000) + 1)
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('PUBLISH', ARGV[1], '0 0 1 0 ' .. ARGV[2])
return 1
