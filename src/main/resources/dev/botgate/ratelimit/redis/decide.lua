-- Takes one permit of every scope of a request, now or for the earliest moment that keeps all windows, or none of any.
-- The same algorithm as Planner and Calendar; a scope's calendar is a sorted set of moments in microseconds.
--
-- KEYS: clock, settle, epoch; of each scope: log, word, and pace where it is shared, else solid
-- ARGV: id, owner, weight, the longest wait of the request, number of scopes, whether nothing may go before the fleet has
--       settled, the epoch that the gateway knows; of each scope: shared, enforced, patience, number of windows; of each window: permits, length
-- Reply: admitted, delay, binding, scope, window, remaining and reset of the least quota, missed, settling (1) or
--       forgotten since the gateway's epoch (2: nothing is decided); scopes and windows from 0, -1 for none; times in microseconds
local function text(number) return string.format('%.0f', number) end

local known = redis.call('MGET', unpack(KEYS))
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local high = tonumber(known[1] or '0')
if high > now then
  now = high -- The server's clock went back.
elseif now - high >= 1000 then
  redis.call('SET', KEYS[1], text(now), 'PX', 86400000)
end
if known[3] ~= ARGV[7] then return { 0, 0, -1, -1, -1, 0, 0, 0, 2 } end
local settled = tonumber(known[2] or '0')
local settling = settled > now and 1 or 0

local id, owner, weight, longest = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local argument = 8
local scopes = {}
for i = 1, tonumber(ARGV[5]) do
  local s = { log = KEYS[3 * i + 1], marked = KEYS[3 * i + 3], mark = 0, windows = '', closed = 0, spaced = 0, gap = 0,
    stretch = 1, pace = 0, n = {}, w = {}, count = {}, full = false, queued = false, most = 0 }
  s.shared = ARGV[argument] == '1'
  s.enforced = ARGV[argument + 1] == '1'
  s.patience = tonumber(ARGV[argument + 2])
  local windows = tonumber(ARGV[argument + 3])
  argument = argument + 4
  local word = known[3 * i + 2]
  if word then
    local closed, spaced, gap, _, factor, at, rate = word:match('(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)')
    s.closed, s.spaced, s.gap = tonumber(closed), tonumber(spaced), tonumber(gap)
    s.stretch = 1 / math.min(1, tonumber(factor) + (now - tonumber(at)) * tonumber(rate))
  end
  if ARGV[6] == '1' and windows > 0 then s.closed = math.max(s.closed, settled) end
  for j = 1, windows do
    s.n[j] = tonumber(ARGV[argument])
    s.w[j] = math.floor(tonumber(ARGV[argument + 1]) * s.stretch)
    s.most = math.max(s.most, s.w[j])
    s.windows = s.windows .. ' ' .. ARGV[argument] .. '/' .. ARGV[argument + 1]
    argument = argument + 2
    s.count[j] = redis.call('ZCOUNT', s.log, '(' .. text(now - s.w[j]), '+inf')
    if s.count[j] >= s.n[j] then
      s.full = true
      if s.shared then s.pace = math.max(s.pace, math.floor(0.9 * s.w[j] / s.n[j])) end
    end
  end
  local moment, windowsThen = (known[3 * i + 3] or '0'):match('(%S+)(.*)')
  if s.shared or windowsThen == s.windows then s.mark = tonumber(moment) end
  if s.shared and windows > 0 then
    local last = redis.call('ZREVRANGE', s.log, 0, 0, 'WITHSCORES')
    s.queued = last[2] ~= nil and tonumber(last[2]) > now
    if s.queued then s.pace = math.max(s.pace, s.mark) end
  end
  s.solid = s.shared and now or math.max(now, s.mark)
  s.busy = s.full or s.queued or s.closed > now or s.spaced > now
  scopes[i] = s
end

-- Reads what a search from t on can touch: the promises after it, and for each window as many entries before them. Of a
-- shared scope it reads all promises, since they tell whose they are.
local function prepare(s, t)
  if s.future then return end
  local from = s.shared and now or t
  local raw = redis.call('ZRANGEBYSCORE', s.log, '(' .. text(from), '+inf', 'WITHSCORES')
  s.future, s.mine = {}, 0
  for k = 1, #raw, 2 do
    s.future[#s.future + 1] = tonumber(raw[k + 1])
    if not s.shared or raw[k]:match(':(.*)$') == owner then s.mine = s.mine + 1 end
  end
  local f = #s.future
  s.size = redis.call('ZCARD', s.log)
  s.first = s.size - f
  local previous = redis.call('ZREVRANGE', s.log, f, f, 'WITHSCORES')
  s.previous = tonumber(previous[2] or '-1e18')
  s.slice, s.offset = {}, {}
  for j = 1, #s.n do
    if s.size >= s.n[j] then
      local from = math.max(0, s.first - s.n[j])
      local part = redis.call('ZRANGE', s.log, from, s.size - s.n[j], 'WITHSCORES')
      local times = {}
      for k = 2, #part, 2 do times[#times + 1] = tonumber(part[k]) end
      s.slice[j], s.offset[j] = times, from
    end
  end
end

-- How many entries lie at or before t, for t from where the search began.
local function upto(s, t)
  local low, high = 0, #s.future
  while low < high do
    local middle = math.floor((low + high) / 2)
    if s.future[middle + 1] <= t then low = middle + 1 else high = middle end
  end
  return s.first + low
end

local function later(s, t)
  local before = upto(s, t)
  local promised = before - s.first
  local previous = promised > 0 and s.future[promised] or s.previous
  local following = s.future[promised + 1]
  for j = 1, #s.n do
    local times, n, w = s.slice[j], s.n[j], s.w[j]
    if times then
      local offset = s.offset[j]
      for i = math.min(before - 1, s.size - n), math.max(0, before - n + 1), -1 do
        local start = times[i - offset + 1]
        if s.future[i + n - s.first] - start < w then return start + w end
      end
      if before >= n and t - times[before - n - offset + 1] < w then return times[before - n - offset + 1] + w end
      if before + n - 1 < s.size and s.future[before + n - s.first] - t < w then return following end
    end
  end
  if (s.queued or t > now) and t - previous < s.pace then return previous + s.pace end
  if t < s.spaced and s.gap > 0 then
    if t - previous < s.gap then return previous + s.gap end
    if following and following - t < s.gap then return following end
  end
  return t
end

local function earliest(s, from)
  if not s.busy and from == now then return now end
  local t = math.max(from, s.closed, s.solid)
  prepare(s, t)
  while true do
    local next = later(s, t)
    if next == t then break end
    t = next
  end
  if from <= s.solid then s.solid = t end
  return t
end

local latest, allowed, binding, refused = 0, 0, -1, false
for i, s in ipairs(scopes) do
  if s.enforced then
    local wait = earliest(s, now) - now
    allowed = math.max(allowed, s.patience)
    if wait > latest then latest, binding = wait, i - 1 end
    if wait > s.patience then refused = true end
    if wait > 0 and s.shared and not refused then
      local part = (s.mine + 1) / (#s.future + 1)
      if wait * part > weight * (s.patience - wait) then refused = true end
    end
  end
end
local at = now + latest
while latest > 0 do
  local before = at
  for _, s in ipairs(scopes) do
    if s.enforced then at = earliest(s, at) end
  end
  if at == before then break end
end
local delay = at - now
if delay > 0 and delay > math.min(allowed, longest) then refused = true end

local function add(s, t)
  if #s.n == 0 and s.gap == 0 then return end
  redis.call('ZADD', s.log, text(t), s.shared and (id .. ':' .. owner) or id)
  if now % 8 == 0 then redis.call('ZREMRANGEBYSCORE', s.log, '-inf', text(now - s.most)) end
  local life = math.ceil((math.max(t - now, s.patience) + math.max(s.most, s.gap)) / 1000) + 1000
  redis.call('PEXPIRE', s.log, life)
  if s.shared and t > now then redis.call('SET', s.marked, text(s.pace), 'PX', math.ceil((t - now) / 1000) + 1) end
end

local missed = 0
if not refused then
  for i, s in ipairs(scopes) do
    if s.enforced then
      add(s, at)
    else
      local would = earliest(s, at)
      if would - at <= math.min(s.patience, longest) then add(s, would) end
      if would > at then missed = missed + 2 ^ (i - 1) end
    end
  end
end

-- Nothing fits before this moment until a permit is given back: the next search begins there, however long the queue is,
-- unless the limit has other windows then.
for _, s in ipairs(scopes) do
  if ARGV[6] == '0' and not s.shared and s.stretch == 1 and s.solid > math.max(now, s.mark) then
    redis.call('SET', s.marked, text(s.solid) .. s.windows, 'PX', math.ceil((s.solid - now) / 1000) + 1)
  end
end

-- Where least is left; of windows that have nothing left, where that lasts longest.
local scope, window, least, reset = -1, -1, 0, 0
for i, s in ipairs(scopes) do
  for j = 1, #s.n do
    local left, w = math.max(0, s.n[j] - s.count[j] - (refused and 0 or 1)), s.w[j]
    if s.enforced and (scope < 0 or left < least or left == 0) then
      local over = w
      if left == 0 then
        local oldest = redis.call('ZRANGEBYSCORE', s.log, '(' .. text(now - w), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        over = oldest[2] and math.max(0, tonumber(oldest[2]) + w - now) or w
      end
      if scope < 0 or left < least or over > reset then scope, window, least, reset = i - 1, j - 1, left, over end
    end
  end
end
return { refused and 0 or 1, delay, binding, scope, window, least, reset, missed, settling }
