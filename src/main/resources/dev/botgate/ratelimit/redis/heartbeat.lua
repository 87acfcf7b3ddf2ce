-- Tells that a gateway is alive, and finds out whether Redis lost its memory.
--
-- KEYS: gateways, epoch, settle
-- ARGV: gateway, how long it counts as alive, the epoch it knows or '', whether it admitted without Redis, how long to
--       settle, an epoch to begin with, whether it leaves; times in microseconds
-- Reply: gateways alive, the epoch, how much longer shares are kept
local function text(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if ARGV[7] == '1' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], text(now), ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now - tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], 86400000)
local epoch = redis.call('GET', KEYS[2]) or ARGV[6]
redis.call('SET', KEYS[2], epoch, 'PX', 86400000)
local settle = tonumber(redis.call('GET', KEYS[3]) or '0')
if ARGV[4] == '1' or (ARGV[3] ~= '' and ARGV[3] ~= epoch) then
  settle = math.max(settle, now + tonumber(ARGV[5]))
  redis.call('SET', KEYS[3], text(settle), 'PX', math.max(1, math.ceil((settle - now) / 1000)))
end
return { redis.call('ZCARD', KEYS[1]), epoch, math.max(0, settle - now) }
