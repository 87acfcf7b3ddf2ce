-- Enters an upstream's word on a scope, and tells every gateway. The same rules as ThrottleState.
--
-- KEYS: clock, log, word, closed, solid
-- ARGV: status, how long closed, how long spaced after that, gap, adaptive, decrease, floor, recovery, same, repeated,
--       channel, the scope's key, how long ago it was said; times in microseconds
-- The same word told again changes nothing: a gateway heard it later than it was entered, by the message's way.
local function text(number) return string.format('%.0f', number) end

local time = redis.call('TIME')
local now = math.max(time[1] * 1000000 + time[2], tonumber(redis.call('GET', KEYS[1]) or '0'))
local closed, spaced, gap, struck, factor, at, rate, struckUntil = 0, 0, 0, 0, 1, 0, 0, 0
local word = redis.call('GET', KEYS[3])
if word then
  local a, b, c, d, e, f, g, h = word:match('(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)')
  closed, spaced, gap, struck = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  factor, at, rate, struckUntil = tonumber(e), tonumber(f), tonumber(g), tonumber(h)
end
local present = math.min(1, factor + (now - at) * rate)
local length, ago = tonumber(ARGV[2]), tonumber(ARGV[13])
local heard = now - ago
local ended = math.max(struck, struckUntil <= heard and struckUntil or 0)
local news = ago == 0
local way = ago > 0 and 100000 or 0
local longer = length > 0 and heard + length > math.max(closed + way, now)
if longer then
  closed, spaced, gap = heard + length, heard + length + tonumber(ARGV[3]), tonumber(ARGV[4])
  news = true
end
if ARGV[1] == '429' and (struck == 0 or heard - struck >= tonumber(ARGV[9])) then
  if ARGV[5] == '1' and struck > 0 and heard - ended < tonumber(ARGV[10]) then
    factor, at, rate = math.max(tonumber(ARGV[7]), present * tonumber(ARGV[6])), now, 1 / tonumber(ARGV[8])
    present = factor
  end
  struck, news = heard, true
end
if ARGV[1] == '429' and length > 0 and heard + length > struckUntil + way then struckUntil = heard + length end
local life = math.max(spaced - now, math.max(closed - now, 0) + tonumber(ARGV[10]), rate > 0 and (1 - present) / rate or 0)
redis.call('SET', KEYS[3],
  table.concat({ text(closed), text(spaced), text(gap), text(struck), string.format('%.9f', factor), text(at),
    string.format('%.17g', rate), text(struckUntil), ARGV[1] }, ' '),
  'PX', math.ceil(life / 1000) + 1)
if longer then
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now))
  redis.call('ZADD', KEYS[4], text(closed), ARGV[12])
  redis.call('PEXPIRE', KEYS[4], 86400000)
end
if longer or (length > 0 and ago == 0) then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '(' .. text(now), '+inf')
  redis.call('DEL', KEYS[5])
end
if news then
  redis.call('PUBLISH', ARGV[11],
    table.concat({ ARGV[1], text(math.max(0, closed - now)), string.format('%.9f', present), text(gap), ARGV[12] }, ' '))
end
return 1
