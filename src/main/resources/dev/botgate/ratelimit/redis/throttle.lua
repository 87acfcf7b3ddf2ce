-- Applies a connector's 429 or 412 to a scope, and publishes it to every gateway. The same rules as ThrottleState.
--
-- KEYS: clock, log, throttle, cooldowns, full, pace
-- ARGV: status, cooldown, time of spacing after it, gap, adaptive, decrease, floor, recovery, the times within which 429s count
--       as one and as repeated, channel, the scope's key, age of the throttle, how long before its reservation a waiting
--       request is resumed; times in microseconds
-- A throttle that is sent again changes nothing, nor does one from before an operator's reset. The stored value ends with the
-- time at which the throttle was received, and its status.

local now = readClock(KEYS[1], redis.call('GET', KEYS[1]))
local state = {}
for part in (redis.call('GET', KEYS[3]) or ''):gmatch('%S+') do state[#state + 1] = tonumber(part) or 'another version' end
for i = 1, 8 do
  if type(state[i]) ~= 'number' then state = { 0, 0, 0, 0, 1, 0, 0, 0 } end
end
local closed, spaced, gap, last429At, factor, at, rate, last429Until = unpack(state, 1, 8)
local status = state[10]
local receivedAt = status and tonumber(state[9]) or 0
local currentFactor = math.min(1, factor + (now - at) * rate)
local length, age = tonumber(ARGV[2]), tonumber(ARGV[13])
local received = now - age
if status == 0 and received <= receivedAt then return 0 end
local ended = math.max(last429At, last429Until <= received and last429Until or 0)
local changed = age == 0
local tolerance = age > 0 and 100000 or 0
local longer = length > 0 and received + length > math.max(closed + tolerance, now)
if longer then
  closed, spaced, gap = received + length, received + length + tonumber(ARGV[3]), tonumber(ARGV[4])
  changed = true
end
if ARGV[1] == '429' and (last429At == 0 or received - last429At >= tonumber(ARGV[9])) then
  if ARGV[5] == '1' and last429At > 0 and received - ended < tonumber(ARGV[10]) then
    factor, at, rate = math.max(tonumber(ARGV[7]), currentFactor * tonumber(ARGV[6])), now, 1 / tonumber(ARGV[8])
    currentFactor = factor
  end
  last429At, changed = received, true
end
if changed then receivedAt = math.max(receivedAt, received) end
if ARGV[1] == '429' and length > 0 and received + length > last429Until + tolerance then last429Until = received + length end
local life = math.max(spaced - now, math.max(closed - now, 0) + tonumber(ARGV[10]), rate > 0 and (1 - currentFactor) / rate or 0)
redis.call('SET', KEYS[3],
  table.concat({ text(closed), text(spaced), text(gap), text(last429At), string.format('%.9f', factor), text(at),
    string.format('%.17g', rate), text(last429Until), text(receivedAt), ARGV[1] }, ' '),
  'PX', math.ceil(life / 1000) + 1)
if longer then
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now))
  redis.call('ZADD', KEYS[4], text(closed), ARGV[12])
  redis.call('PEXPIRE', KEYS[4], 86400000)
end
if longer or (length > 0 and age == 0) then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], text(now + tonumber(ARGV[14]) + 1), '+inf') -- Resumed requests are sent.
  redis.call('DEL', KEYS[5])
  local pace, left = (redis.call('GET', KEYS[6]) or ''):match('^%d+'), redis.call('PTTL', KEYS[6])
  if pace and left > 0 then redis.call('SET', KEYS[6], pace, 'PX', left) end
end
if changed then
  redis.call('PUBLISH', ARGV[11],
    table.concat({ ARGV[1], text(math.max(0, closed - now)), string.format('%.9f', currentFactor), text(gap), ARGV[12] }, ' '))
end
return 1
