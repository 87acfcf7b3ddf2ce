-- Takes one permit of every scope of a request, now or for the earliest moment that keeps all windows, or none of any.
-- The same algorithm as Planner and AdmissionLog; a scope's log is a sorted set of times in microseconds.
--
-- KEYS: clock, settle, epoch; of each scope: throttle, and pace if it is shared, else full; of each scope: log
-- ARGV: id, owner, weight, the longest wait of the request, whether nothing may go before the fleet has settled, the epoch
--       that the gateway knows; of each scope: 1 where it is shared, and 2 where it is enforced, added up; patience; its
--       windows as [permits, length, permits, length ...]
-- Reply, as doubles in a row: admitted, delay, binding, scope, window, remaining and reset of the least quota, missed,
--       settling (1) or forgotten since the gateway's epoch (2: nothing is decided); scopes and windows from 0, -1 for none;
--       times in microseconds. An array would cost Redis as much as two commands.
local call, max, floor = redis.call, math.max, math.floor
local function reply(...) return struct.pack('>ddddddddd', ...) end

local many = (#KEYS - 3) / 3
local known = call('MGET', unpack(KEYS, 1, 3 + 2 * many))
local now = moment(KEYS[1], known[1])
if known[3] ~= ARGV[6] then return reply(0, 0, -1, -1, -1, 0, 0, 0, 2) end
local settled = tonumber(known[2] or '') or 0
local settling = settled > now and 1 or 0
local id, owner, longest, newcomer = ARGV[1], ARGV[2], tonumber(ARGV[4]), ARGV[5] == '1'

-- Of scope i: its windows, how many admissions its log holds, and when the one is that was added. Of its window j, at
-- 100 * i + j: whether it has nothing left, and how many admissions it holds.
local spans, sizes, added, full, counts = {}, {}, {}, {}, {}

local function size(i)
  if not sizes[i] then sizes[i] = call('ZCARD', KEYS[3 + 2 * many + i]) end
  return sizes[i]
end

local function count(i, j)
  local place = 100 * i + j
  if not counts[place] then
    counts[place] = call('ZCOUNT', KEYS[3 + 2 * many + i], now - spans[i][2 * j] + 1, '+inf')
  end
  return counts[place]
end

local function add(i, t, gap)
  local most, log = gap, KEYS[3 + 2 * many + i]
  for k = 2, #spans[i], 2 do most = max(most, spans[i][k]) end
  if most == 0 then return end
  call('ZADD', log, t, tonumber(ARGV[3 * i + 4]) % 2 == 1 and (id .. ':' .. owner) or id)
  if now % 8 == 0 then call('ZREMRANGEBYSCORE', log, '-inf', now - most) end
  local life = math.ceil((max(t - now, tonumber(ARGV[3 * i + 5])) + most) / 1000)
  if sizes[i] == 0 or call('PTTL', log) < life then call('PEXPIRE', log, life + 1000) end -- Later reservations need longer.
  added[i] = t
end

-- Where no window is full and nothing else is known of any scope, there is no more to it.
local free = not newcomer
for i = 1, many do
  local numbers = cjson.decode(ARGV[3 * i + 6])
  spans[i] = numbers
  if known[2 * i + 2] or known[2 * i + 3] then free = false end
  for j = 1, free and #numbers / 2 or 0 do
    if (#numbers == 2 or size(i) >= numbers[2 * j - 1]) and count(i, j) >= numbers[2 * j - 1] then free = false end
  end
end

local delay, binding, refused, exhausted, missed = 0, -1, false, false, 0
if free then
  for i = 1, many do add(i, now, 0) end
else
  local NEVER = -1e18
  local nths = {}

  -- When the newest admission of a scope is.
  local function newest(s)
    if not s.last then s.last = tonumber(call('ZREVRANGE', s.log, 0, 0, 'WITHSCORES')[2] or NEVER) end
    return s.last
  end

  local function nth(s, j)
    local place = s.place + j
    if not nths[place] then
      local n = s.spans[2 * j - 1]
      nths[place] = tonumber(call('ZRANGE', s.log, -n, -n, 'WITHSCORES')[2])
    end
    return nths[place]
  end

  -- What throttles did to a scope; a value of another version is ignored.
  local function hear(s, throttle)
    local closed, spaced, gap, factor, at, rate = throttle:match('^(%d+) (%d+) (%d+) %S+ ([%d.]+) (%d+) (%d%S*)')
    factor, at, rate = tonumber(factor or ''), tonumber(at or ''), tonumber(rate or '')
    if not (factor and at and rate) then return end
    s.closed, s.spaced, s.gap = tonumber(closed), tonumber(spaced), tonumber(gap)
    s.stretch = 1 / math.min(1, factor + (now - at) * rate)
    if s.stretch > 1 then
      for k = 2, #s.spans, 2 do s.spans[k] = floor(s.spans[k] * s.stretch) end
    end
  end

  -- What was found out about a scope before: how its queue is spaced, and a moment before which nothing fits until a permit
  -- is given back, unless the limit has other windows now. Of a shared scope both hold as long as there is a queue. With a !
  -- there is room from that moment on, and nothing was added since.
  local function recall(s, mark)
    local moment, still, windows
    if s.shared then
      local pace
      pace, moment, still, windows = mark:match('^(%d+) (%d+)(!?) (.*)$')
      s.queued = newest(s) > now
      if not s.queued then return end
      s.mark = tonumber(pace or mark) or 0
      s.pace = s.mark
    else
      moment, still, windows = mark:match('^(%d+)(!?) (.*)$')
    end
    if windows == ARGV[3 * s.i + 6] then
      s.solid = max(now, tonumber(moment))
      s.still = still == '!' and s.solid > now
    end
  end

  local scopes = {}
  for i = 1, many do
    local flags, windows = tonumber(ARGV[3 * i + 4]), spans[i]
    local s = { i = i, place = 100 * i, log = KEYS[3 + 2 * many + i], shared = flags % 2 == 1, enforced = flags >= 2,
      patience = tonumber(ARGV[3 * i + 5]), spans = windows }
    local throttle, mark = known[2 * i + 2], known[2 * i + 3]
    if throttle then hear(s, throttle) end
    if newcomer and #windows > 0 then s.closed = max(s.closed or 0, settled) end
    if mark then recall(s, mark) end
    for j = 1, #windows / 2 do
      local n, w = windows[2 * j - 1], windows[2 * j]
      if (#windows == 2 or size(i) >= n) and count(i, j) >= n then
        full[s.place + j], s.used = true, true
        if s.enforced then exhausted = true end
        if s.shared then s.pace = max(s.pace or 0, floor(0.9 * w / n)) end
      end
    end
    if s.used or s.queued or s.closed and (s.closed > now or s.spaced and s.spaced > now) then
      s.busy = true
      s.closed, s.spaced, s.gap, s.pace = s.closed or 0, s.spaced or 0, s.gap or 0, s.pace or 0
      s.solid = s.solid or now
      s.known = s.solid
      s.settled = s.still and s.closed <= s.solid and (s.stretch or 1) == 1 and (not s.shared or s.pace == s.mark)
    end
    scopes[i] = s
  end

  -- The earliest moment from t on, where no admission is later than t. What is not full now never is.
  local function behind(s, t)
    local last = s.last
    for j = 1, #s.spans / 2 do
      if full[s.place + j] then t = max(t, nth(s, j) + s.spans[2 * j]) end
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

  -- Reads what a search from t on can touch: the reservations after it, and for each window as many entries before them.
  local function prepare(s, t)
    if s.future then return end
    local raw = call('ZRANGEBYSCORE', s.log, t + 1, '+inf', 'WITHSCORES')
    s.future = {}
    for k = 2, #raw, 2 do s.future[k / 2] = tonumber(raw[k]) end
    local f, all = #s.future, size(s.i)
    s.first = all - f
    s.previous = tonumber(call('ZREVRANGE', s.log, f, f, 'WITHSCORES')[2] or NEVER)
    s.slice, s.offset = {}, {}
    for j = 1, #s.spans / 2 do
      if full[s.place + j] then
        local n = s.spans[2 * j - 1]
        local from = max(0, s.first - n)
        local part = call('ZRANGE', s.log, from, all - n, 'WITHSCORES')
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
    for j = 1, #s.spans / 2 do
      local times, n, w = s.slice[j], s.spans[2 * j - 1], s.spans[2 * j]
      if times then
        local offset = s.offset[j]
        for i = math.min(before - 1, sizes[s.i] - n), max(0, before - n + 1), -1 do
          local start = times[i - offset + 1]
          if s.future[i + n - s.first] - start < w then return start + w end
        end
        if before >= n and t - times[before - n - offset + 1] < w then return times[before - n - offset + 1] + w end
        if before + n - 1 < sizes[s.i] and s.future[before + n - s.first] - t < w then return following end
      end
    end
    if (s.queued or t > now) and t - previous < s.pace then return previous + s.pace end
    if t < s.spaced and s.gap > 0 then
      if t - previous < s.gap then return previous + s.gap end
      if following and following - t < s.gap then return following end
    end
    return t
  end

  -- Between reservations, all later ones matter.
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
    if s.settled then return t end
    if not s.used and s.pace == 0 and t >= s.spaced then return t end
    t = newest(s) <= t and behind(s, t) or between(s, t)
    if from <= s.solid then s.solid, s.found = t, true end
    return t
  end

  -- Whether a scope has room by then, if only behind its queue.
  local function sooner(s, t)
    return not s.busy or s.settled and s.solid <= t or behind(s, max(now, s.closed, s.solid, newest(s))) <= t
  end

  -- Whether the owner's part of the queue is too long; see Planner. Of a long queue its end tells.
  local function floods(s, wait)
    local left = tonumber(ARGV[3]) * (s.patience - wait)
    if wait <= left then return false end
    local queue = s.queued and call('ZREVRANGEBYSCORE', s.log, '+inf', now + 1, 'LIMIT', 0, 500) or {}
    local mine, ending = 0, ':' .. owner
    for k = 1, #queue do
      if queue[k]:sub(-#ending) == ending then mine = mine + 1 end
    end
    return wait * ((mine + 1) / (#queue + 1)) > left
  end

  local latest, allowed = 0, 0
  for i, s in ipairs(scopes) do
    if s.enforced then
      allowed = max(allowed, s.patience)
      if not (refused and sooner(s, now + latest)) then
        local wait = earliest(s, now) - now
        if wait > latest then latest, binding = wait, i - 1 end
        if wait > s.patience then refused = true end
        if wait > 0 and s.shared and not refused then refused = floods(s, wait) end
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
  delay = at - now
  if delay > 0 and delay > math.min(allowed, longest) then refused = true end

  if not refused then
    for i, s in ipairs(scopes) do
      if s.enforced then
        add(i, at, s.gap or 0)
      else
        local would = earliest(s, at)
        if would - at <= math.min(s.patience, longest) then add(i, would, s.gap or 0) end
        if would > at then missed = missed + 2 ^ (i - 1) end
      end
    end
  end

  -- The next search begins where this one found room, however long the queue is.
  for i, s in ipairs(scopes) do
    local mark, joined = KEYS[2 * i + 3], s.shared and added[i] and added[i] > now
    local solid = s.busy and not newcomer and (s.stretch or 1) == 1 and s.solid or 0
    local still = not added[i] and solid > now and (s.settled or s.found and s.last <= solid) or false
    local news = s.busy and (solid > s.known or still ~= (s.still or false))
    if not s.shared and news and solid > now then
      call('SET', mark, text(solid) .. (still and '! ' or ' ') .. ARGV[3 * i + 6], 'PX',
        math.ceil((solid - now) / 1000) + 1)
    elseif not s.shared and added[i] and s.still then
      call('DEL', mark)
    elseif joined or s.queued and (news or s.sought and s.pace > s.mark) then
      local last = max(joined and added[i] or 0, s.queued and s.last or 0)
      call('SET', mark, text(s.pace or 0) .. ' ' .. text(solid) .. (still and '! ' or ' ') .. ARGV[3 * i + 6], 'PX',
        math.ceil((last - now) / 1000) + 1)
    end
  end
end

-- Where least is left; of windows that have nothing left, where that lasts longest.
local scope, window, least, reset = -1, -1, 0, 0
for i = 1, many do
  local more = added[i] and 1 or 0
  for j = 1, tonumber(ARGV[3 * i + 4]) >= 2 and #spans[i] / 2 or 0 do
    local n, over = spans[i][2 * j - 1], spans[i][2 * j]
    local place, left = 100 * i + j, nil
    if full[place] then
      left = 0
    elseif not (refused and exhausted) then
      local taken = counts[place] and counts[place] + more
      local sure = taken and 0 or n - size(i) - more
      if scope < 0 or sure <= 0 or sure < least then left = max(0, n - (taken or count(i, j))) end
    end
    if left and (scope < 0 or left < least or left == 0) then
      if left == 0 then
        local oldest = call('ZRANGEBYSCORE', KEYS[3 + 2 * many + i], now - over + 1, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        over = oldest[2] and max(0, tonumber(oldest[2]) + over - now) or over
      end
      if scope < 0 or left < least or over > reset then scope, window, least, reset = i - 1, j - 1, left, over end
    end
  end
end
return reply(refused and 0 or 1, delay, binding, scope, window, least, reset, missed, settling)
