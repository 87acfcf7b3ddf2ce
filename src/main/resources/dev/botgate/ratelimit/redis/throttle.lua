-- Enters a connector's 429 or 412, and tells every gateway. The same rules as ThrottleState.
--
-- KEYS: clock, log, throttle, cooldowns, full, pace
-- ARGV: status, cooldown, how long spaced after that, gap, adaptive, decrease, floor, recovery, same, repeated, channel, the
--       scope's key, how long ago it was received, how long before its reservation a waiting request is told of it; times in
--       microseconds
-- The same throttle told again changes nothing, nor does one that was received before an operator reset the scope. The value
-- that is kept ends with when the throttle was received, and its status.

local now = moment(KEYS[1], redis.call('GET', KEYS[1]))
local kept = {}
for part in (redis.call('GET', KEYS[3]) or ''):gmatch('%S+') do kept[#kept + 1] = tonumber(part) or 'another version' end
for i = 1, 8 do
  if type(kept[i]) ~= 'number' then kept = { 0, 0, 0, 0, 1, 0, 0, 0 } end
end
local closed, spaced, gap, struck, factor, at, rate, struckUntil = unpack(kept, 1, 8)
local status = kept[10]
local said = status and tonumber(kept[9]) or 0
local present = math.min(1, factor + (now - at) * rate)
local length, ago = tonumber(ARGV[2]), tonumber(ARGV[13])
local heard = now - ago
if status == 0 and heard <= said then return 0 end
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
if news then said = math.max(said, heard) end
if ARGV[1] == '429' and length > 0 and heard + length > struckUntil + way then struckUntil = heard + length end
local life = math.max(spaced - now, math.max(closed - now, 0) + tonumber(ARGV[10]), rate > 0 and (1 - present) / rate or 0)
redis.call('SET', KEYS[3],
  table.concat({ text(closed), text(spaced), text(gap), text(struck), string.format('%.9f', factor), text(at),
    string.format('%.17g', rate), text(struckUntil), text(said), ARGV[1] }, ' '),
  'PX', math.ceil(life / 1000) + 1)
if longer then
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now))
  redis.call('ZADD', KEYS[4], text(closed), ARGV[12])
  redis.call('PEXPIRE', KEYS[4], 86400000)
end
if longer or (length > 0 and ago == 0) then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], text(now + tonumber(ARGV[14]) + 1), '+inf') -- Requests that were told are sent.
  redis.call('DEL', KEYS[5])
  local pace, left = (redis.call('GET', KEYS[6]) or ''):match('^%d+'), redis.call('PTTL', KEYS[6])
  if pace and left > 0 then redis.call('SET', KEYS[6], pace, 'PX', left) end
end
if news then
  redis.call('PUBLISH', ARGV[11],
    table.concat({ ARGV[1], text(math.max(0, closed - now)), string.format('%.9f', present), text(gap), ARGV[12] }, ' '))
end
return 1
