-- Records that a gateway is alive, and detects whether Redis lost its data, all of it or since the last snapshot.
--
-- KEYS: gateways, epoch, settle, cooldowns, clock
-- ARGV: gateway, how long it counts as alive, the epoch it knows or '', whether it admitted without Redis, how long to
--       settle, the name of a new epoch, whether it leaves, how long the gateways of a lost epoch may take to come back,
--       the prefix of throttles' keys to get the current cooldowns, or ''; times in microseconds
-- Reply: number of gateways alive, the epoch, the remaining time to settle, the longest cooldowns as in throttle.lua
local MAX_COOLDOWNS = 1000

local now = readClock(KEYS[5], redis.call('GET', KEYS[5]))
if ARGV[7] == '1' then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], text(now), ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', text(now - tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], 86400000)

-- A restarted process, or a promoted replica, may not have the last admissions.
local info = redis.pcall('INFO', 'server')
local process = type(info) == 'string' and info:match('run_id:(%w+)') or ''
local epoch = redis.call('GET', KEYS[2])
local lost = not epoch or epoch:match(':(%w*)$') ~= process
if lost then epoch = ARGV[6] .. ':' .. process end
redis.call('SET', KEYS[2], epoch, 'PX', 86400000)

local settle = tonumber(redis.call('GET', KEYS[3]) or '') or 0
local more = 0
if ARGV[4] == '1' or (ARGV[3] ~= '' and ARGV[3] ~= epoch) then
  more = tonumber(ARGV[5])
elseif lost then
  more = tonumber(ARGV[8])
end
if now + more > math.max(settle, now) then
  settle = now + more
  redis.call('SET', KEYS[3], text(settle), 'PX', math.max(1, math.ceil(more / 1000)))
end

local cooldowns, scopes = {}, {}
if ARGV[9] ~= '' then
  scopes = redis.call('ZREVRANGEBYSCORE', KEYS[4], '+inf', '(' .. text(now), 'LIMIT', 0, MAX_COOLDOWNS)
end
for _, scope in ipairs(scopes) do
  local ends, gap, status = (redis.call('GET', ARGV[9] .. scope) or ''):match('(%S+) %S+ (%S+) .* (%S+)$')
  ends, gap, status = tonumber(ends or ''), tonumber(gap or ''), tonumber(status or '')
  if ends and gap and status and ends > now then
    cooldowns[#cooldowns + 1] = table.concat({ text(status), text(ends - now), '1', text(gap), scope }, ' ')
  end
end
return { redis.call('ZCARD', KEYS[1]), epoch, math.max(0, settle - now), cooldowns }
