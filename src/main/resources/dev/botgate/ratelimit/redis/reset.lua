-- Forgets what is known of a scope up to a moment, and tells every gateway, for an operator who opens it.
--
-- KEYS: clock, log, word, closed, solid, pace
-- ARGV: how long ago that moment is, channel, the scope's key, how long words that were said before it may still be told
-- What was admitted and what the upstream said after the moment stays.

local now = moment(KEYS[1], redis.call('GET', KEYS[1]))
local ago = tonumber(ARGV[1])
local opened = now - ago
if ago == 0 then
  redis.call('DEL', KEYS[2])
else
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(opened))
end
redis.call('DEL', KEYS[5], KEYS[6])
local said = (redis.call('GET', KEYS[3]) or ''):match('(%d+) %d+$')
if ago > 0 and said and tonumber(said) > opened then return 0 end
redis.call('SET', KEYS[3], '0 0 0 0 1 ' .. text(now) .. ' 0 0 ' .. text(opened) .. ' 0', 'PX',
  math.ceil(tonumber(ARGV[4]) / 1000) + 1)
redis.call('ZREM', KEYS[4], ARGV[3])
redis.call('PUBLISH', ARGV[2], '0 0 1 0 ' .. ARGV[3])
return 1
