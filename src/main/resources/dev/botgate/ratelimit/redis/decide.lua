-- Takes one permit of every scope of a request, now or for the earliest moment that keeps all windows, or none of any.
-- The same algorithm as Planner and Calendar; a scope's calendar is a sorted set of moments in microseconds.
--
-- KEYS: clock, settle, epoch; of each scope: word, and pace where it is shared, else solid; of each scope: log
-- ARGV: id, owner, weight, the longest wait of the request, whether nothing may go before the fleet has settled, the epoch
--       that the gateway knows; of each scope: 1 where it is shared, and 2 where it is enforced, added up; patience; its
--       windows as [permits, length, permits, length ...]
-- Reply: admitted, delay, binding, scope, window, remaining and reset of the least quota, missed, settling (1) or
--       forgotten since the gateway's epoch (2: nothing is decided); scopes and windows from 0, -1 for none; times in microseconds
local call, max, floor = redis.call, math.max, math.floor
local NEVER = -1e18
local function text(number) return string.format('%.0f', number) end

local many = (#KEYS - 3) / 3
local known = call('MGET', unpack(KEYS, 1, 3 + 2 * many))
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local high = tonumber(known[1] or '') or 0
if high > now then
  now = high -- The server's clock went back.
elseif now - high >= 10000 then
  call('SET', KEYS[1], text(now), 'PX', 86400000)
end
if known[3] ~= ARGV[6] then return { 0, 0, -1, -1, -1, 0, 0, 0, 2 } end
local settled = tonumber(known[2] or '') or 0
local settling = settled > now and 1 or 0
local id, owner, weight, longest, newcomer = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1'

-- When the newest admission of a scope is.
local function newest(s)
  if not s.last then s.last = tonumber(call('ZREVRANGE', s.log, 0, 0, 'WITHSCORES')[2] or NEVER) end
  return s.last
end

-- When the oldest admission is that still counts in window j when it is full.
local function nth(s, j)
  if not s.nth[j] then s.nth[j] = tonumber(call('ZRANGE', s.log, -s.n[j], -s.n[j], 'WITHSCORES')[2]) end
  return s.nth[j]
end

local function count(s, j)
  if not s.count[j] then s.count[j] = call('ZCOUNT', s.log, text(now - s.w[j] + 1), '+inf') end
  return s.count[j]
end

-- What the upstream said of a scope; what another version wrote otherwise is as if it were not there.
local function hear(s, word)
  local closed, spaced, gap, factor, at, rate = word:match('^(%d+) (%d+) (%d+) %S+ ([%d.]+) (%d+) (%d%S*)')
  factor, at, rate = tonumber(factor or ''), tonumber(at or ''), tonumber(rate or '')
  if not (factor and at and rate) then return end
  s.closed, s.spaced, s.gap = tonumber(closed), tonumber(spaced), tonumber(gap)
  s.stretch = 1 / math.min(1, factor + (now - at) * rate)
end

-- What was found out about a scope before: how its queue is spaced, and a moment before which nothing fits until a permit
-- is given back, unless the limit has other windows now. Of a shared scope both hold as long as there is a queue.
local function recall(s, mark)
  local moment, windows
  if s.shared then
    local pace
    pace, moment, windows = mark:match('^(%d+) (%d+) (.*)$')
    s.queued = s.size > 0 and newest(s) > now
    if not s.queued then return end
    s.mark = tonumber(pace or mark) or 0
    s.pace = s.mark
  else
    moment, windows = mark:match('^(%d+) (.*)$')
  end
  if windows == s.windows then s.solid = max(now, tonumber(moment)) end
end

local scopes, exhausted = {}, false
for i = 1, many do
  local flags, patience, windows = tonumber(ARGV[3 * i + 4]), tonumber(ARGV[3 * i + 5]), ARGV[3 * i + 6]
  local s = { log = KEYS[3 + 2 * many + i], marked = KEYS[2 * i + 3], shared = flags % 2 == 1, enforced = flags >= 2,
    patience = patience, windows = windows, closed = 0, spaced = 0, gap = 0, stretch = 1, pace = 0, mark = 0, solid = now,
    n = {}, w = {}, nth = {}, count = {}, full = {}, most = 0 }
  local word, mark = known[2 * i + 2], known[2 * i + 3]
  if word then hear(s, word) end
  local numbers = cjson.decode(windows)
  if newcomer and #numbers > 0 then s.closed = max(s.closed, settled) end
  s.size = call('ZCARD', s.log)
  if mark then recall(s, mark) end
  s.known = s.solid
  for j = 1, #numbers / 2 do
    local n, w = numbers[2 * j - 1], numbers[2 * j]
    if s.stretch > 1 then w = floor(w * s.stretch) end
    s.n[j], s.w[j] = n, w
    if w > s.most then s.most = w end
    if s.size >= n then
      if mark then s.full[j] = nth(s, j) > now - w else s.full[j] = count(s, j) >= n end
      if s.full[j] then
        s.used = true
        if s.enforced then exhausted = true end
        if s.shared then s.pace = max(s.pace, floor(0.9 * w / n)) end
      end
    end
  end
  s.busy = s.used or s.queued or s.closed > now or s.spaced > now
  scopes[i] = s
end

-- The earliest moment from t on, where no admission is later than t. What is not full now never is.
local function behind(s, t)
  local last = s.last
  for j = 1, #s.n do
    if s.full[j] then t = max(t, nth(s, j) + s.w[j]) end
  end
  while true do
    if (s.queued or t > now) and t - last < s.pace then
      t = last + s.pace
    elseif t < s.spaced and t - last < s.gap then
      t = last + s.gap
    else
      return t
    end
  end
end

-- Reads what a search from t on can touch: the promises after it, and for each window as many entries before them.
local function prepare(s, t)
  if s.future then return end
  local raw = call('ZRANGEBYSCORE', s.log, text(t + 1), '+inf', 'WITHSCORES')
  s.future = {}
  for k = 2, #raw, 2 do s.future[k / 2] = tonumber(raw[k]) end
  local f = #s.future
  s.first = s.size - f
  s.previous = tonumber(call('ZREVRANGE', s.log, f, f, 'WITHSCORES')[2] or NEVER)
  s.slice, s.offset = {}, {}
  for j = 1, #s.n do
    if s.full[j] then
      local from = max(0, s.first - s.n[j])
      local part = call('ZRANGE', s.log, from, s.size - s.n[j], 'WITHSCORES')
      local times = {}
      for k = 2, #part, 2 do times[k / 2] = tonumber(part[k]) end
      s.slice[j], s.offset[j] = times, from
    end
  end
end

-- How many entries lie at or before t, for t from where the search began.
local function upto(s, t)
  local low, high = 0, #s.future
  while low < high do
    local middle = floor((low + high) / 2)
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
      for i = math.min(before - 1, s.size - n), max(0, before - n + 1), -1 do
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

-- Between promises, one has to look at all that are later.
local function between(s, t)
  prepare(s, t)
  while true do
    local next = later(s, t)
    if next == t then return t end
    t = next
  end
end

local function earliest(s, from)
  if not s.busy then return from end
  s.sought = true
  local t = max(from, s.closed, s.solid)
  if not s.used and s.pace == 0 and t >= s.spaced then return t end
  t = newest(s) <= t and behind(s, t) or between(s, t)
  if from <= s.solid then s.solid = t end
  return t
end

-- Whether the owner's part of the queue is too long; see Planner.
local function floods(s, wait)
  local left = weight * (s.patience - wait)
  if wait <= left then return false end
  local queue = s.queued and call('ZRANGEBYSCORE', s.log, text(now + 1), '+inf') or {}
  local mine, ending = 0, ':' .. owner
  for k = 1, #queue do
    if queue[k]:sub(-#ending) == ending then mine = mine + 1 end
  end
  return wait * ((mine + 1) / (#queue + 1)) > left
end

local latest, allowed, binding, refused = 0, 0, -1, false
for i, s in ipairs(scopes) do
  if s.enforced then
    local wait = earliest(s, now) - now
    allowed = max(allowed, s.patience)
    if wait > latest then latest, binding = wait, i - 1 end
    if wait > s.patience then refused = true end
    if wait > 0 and s.shared and not refused then refused = floods(s, wait) end
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
  call('ZADD', s.log, text(t), s.shared and (id .. ':' .. owner) or id)
  if now % 8 == 0 then call('ZREMRANGEBYSCORE', s.log, '-inf', text(now - s.most)) end
  call('PEXPIRE', s.log, math.ceil((max(t - now, s.patience) + max(s.most, s.gap)) / 1000) + 1000)
  s.added = t
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

-- The next search begins where this one found room, however long the queue is.
for _, s in ipairs(scopes) do
  local solid = not newcomer and s.stretch == 1 and s.solid or 0
  if s.shared then
    local joined = s.added and s.added > now
    if joined or s.sought and s.queued and (s.pace > s.mark or solid > s.known) then
      local last = joined and max(s.added, s.queued and s.last or 0) or s.last
      call('SET', s.marked, text(s.pace) .. ' ' .. text(solid) .. ' ' .. s.windows, 'PX', math.ceil((last - now) / 1000) + 1)
    end
  elseif solid > s.known then
    call('SET', s.marked, text(solid) .. ' ' .. s.windows, 'PX', math.ceil((solid - now) / 1000) + 1)
  end
end

-- Where least is left; of windows that have nothing left, where that lasts longest.
local scope, window, least, reset = -1, -1, 0, 0
for i, s in ipairs(scopes) do
  local added = s.added and 1 or 0
  for j = 1, s.enforced and #s.n or 0 do
    local sure = s.n[j] - s.size - added
    local left = 0
    if not s.full[j] then
      if refused and exhausted or scope >= 0 and sure > 0 and sure >= least then
        left = nil
      else
        left = max(0, s.n[j] - (s.count[j] and s.count[j] + added or count(s, j)))
      end
    end
    if left and (scope < 0 or left < least or left == 0) then
      local over = s.w[j]
      if left == 0 then
        local oldest = call('ZRANGEBYSCORE', s.log, text(now - over + 1), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        over = oldest[2] and max(0, tonumber(oldest[2]) + over - now) or over
      end
      if scope < 0 or left < least or over > reset then scope, window, least, reset = i - 1, j - 1, left, over end
    end
  end
end
return { refused and 0 or 1, delay, binding, scope, window, least, reset, missed, settling }
