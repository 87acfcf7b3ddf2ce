-- Takes one permit of each scope of a request, for now or for the earliest time that keeps all windows; or none at all.
-- The same algorithm as Planner and AdmissionLog; a scope's log is a sorted set of times in microseconds.
--
-- KEYS: clock, settle, epoch; of each scope: throttle, and pace if it is shared, else full; of each scope: log
-- ARGV: id, owner, weight, how long the client waits, whether the gateway has no share (nothing is admitted before the fleet
--       has settled), the epoch that the gateway knows; of each scope: the sum of 1 if it is shared and 2 if it is enforced;
--       patience; its windows as [permits, length, permits, length ...]
-- Reply, as packed doubles, since an array would cost Redis as much as two commands: admitted, delay, binding, scope, window,
--       remaining and reset of the least quota, missed, 1 while the fleet settles or 2 if the epoch is another one (nothing
--       was decided). Scopes and windows count from 0, -1 for none; times in microseconds.
local call, max, floor = redis.call, math.max, math.floor
local function reply(...) return struct.pack('>ddddddddd', ...) end

local scopeCount = (#KEYS - 3) / 3
local stored = call('MGET', unpack(KEYS, 1, 3 + 2 * scopeCount))
local now = readClock(KEYS[1], stored[1])
if stored[3] ~= ARGV[6] then return reply(0, 0, -1, -1, -1, 0, 0, 0, 2) end
local settleUntil = tonumber(stored[2] or '') or 0
local settling = settleUntil > now and 1 or 0
local id, owner, clientWait, withoutShare = ARGV[1], ARGV[2], tonumber(ARGV[4]), ARGV[5] == '1'

-- By scope i: its windows, the size of its log, and the time of the added admission. By 100 * i + j for window j: whether it is
-- full, and how many admissions are in it.
local windowsOf, sizes, added, full, counts = {}, {}, {}, {}, {}

local function size(i)
  if not sizes[i] then sizes[i] = call('ZCARD', KEYS[3 + 2 * scopeCount + i]) end
  return sizes[i]
end

local function count(i, j)
  local place = 100 * i + j
  if not counts[place] then
    counts[place] = call('ZCOUNT', KEYS[3 + 2 * scopeCount + i], now - windowsOf[i][2 * j] + 1, '+inf')
  end
  return counts[place]
end

local function add(i, t, gap)
  local span, log = gap, KEYS[3 + 2 * scopeCount + i]
  for k = 2, #windowsOf[i], 2 do span = max(span, windowsOf[i][k]) end
  if span == 0 then return end
  call('ZADD', log, t, tonumber(ARGV[3 * i + 4]) % 2 == 1 and (id .. ':' .. owner) or id)
  if now % 8 == 0 then call('ZREMRANGEBYSCORE', log, '-inf', now - span) end
  local life = math.ceil((max(t - now, tonumber(ARGV[3 * i + 5])) + span) / 1000)
  if sizes[i] == 0 or call('PTTL', log) < life then call('PEXPIRE', log, life + 1000) end -- Later reservations need longer.
  added[i] = t
end

-- The common case: no window is full, and no scope has a throttle or a search hint.
local unrestricted = not withoutShare
for i = 1, scopeCount do
  local numbers = cjson.decode(ARGV[3 * i + 6])
  windowsOf[i] = numbers
  if stored[2 * i + 2] or stored[2 * i + 3] then unrestricted = false end
  for j = 1, unrestricted and #numbers / 2 or 0 do
    if (#numbers == 2 or size(i) >= numbers[2 * j - 1]) and count(i, j) >= numbers[2 * j - 1] then unrestricted = false end
  end
end

local delay, binding, refused, anyFull, missed = 0, -1, false, false, 0
if unrestricted then
  for i = 1, scopeCount do add(i, now, 0) end
else
  local NEVER = -1e18
  local nthTimes = {}

  -- The time of the newest admission of a scope.
  local function newest(s)
    if not s.last then s.last = tonumber(call('ZREVRANGE', s.log, 0, 0, 'WITHSCORES')[2] or NEVER) end
    return s.last
  end

  local function nth(s, j)
    local place = s.place + j
    if not nthTimes[place] then
      local n = s.windows[2 * j - 1]
      nthTimes[place] = tonumber(call('ZRANGE', s.log, -n, -n, 'WITHSCORES')[2])
    end
    return nthTimes[place]
  end

  -- Reads the throttle state of a scope; ignores a value of another version.
  local function applyThrottle(s, throttle)
    local closed, spaced, gap, factor, at, rate = throttle:match('^(%d+) (%d+) (%d+) %S+ ([%d.]+) (%d+) (%d%S*)')
    factor, at, rate = tonumber(factor or ''), tonumber(at or ''), tonumber(rate or '')
    if not (factor and at and rate) then return end
    s.closed, s.spaced, s.gap = tonumber(closed), tonumber(spaced), tonumber(gap)
    s.stretch = 1 / math.min(1, factor + (now - at) * rate)
    if s.stretch > 1 then
      for k = 2, #s.windows, 2 do s.windows[k] = floor(s.windows[k] * s.stretch) end
    end
  end

  -- Reads what earlier searches found in a scope: the spacing of its queue, and a time before which nothing fits until a permit
  -- is given back. Both are ignored once a shared scope has no queue, the time also if the limit has other windows now. A !
  -- means that an admission fits at exactly that time, since nothing was added after the search.
  local function readHint(s, hint)
    local time, exact, windowsText
    if s.shared then
      local pace
      pace, time, exact, windowsText = hint:match('^(%d+) (%d+)(!?) (.*)$')
      s.queued = newest(s) > now
      if not s.queued then return end
      s.storedPace = tonumber(pace or hint) or 0
      s.pace = s.storedPace
    else
      time, exact, windowsText = hint:match('^(%d+)(!?) (.*)$')
    end
    if windowsText == ARGV[3 * s.i + 6] then
      s.fullUntil = max(now, tonumber(time))
      s.exact = exact == '!' and s.fullUntil > now
    end
  end

  local scopes = {}
  for i = 1, scopeCount do
    local flags, windows = tonumber(ARGV[3 * i + 4]), windowsOf[i]
    local s = { i = i, place = 100 * i, log = KEYS[3 + 2 * scopeCount + i], shared = flags % 2 == 1, enforced = flags >= 2,
      patience = tonumber(ARGV[3 * i + 5]), windows = windows }
    local throttle, hint = stored[2 * i + 2], stored[2 * i + 3]
    if throttle then applyThrottle(s, throttle) end
    if withoutShare and #windows > 0 then s.closed = max(s.closed or 0, settleUntil) end
    if hint then readHint(s, hint) end
    for j = 1, #windows / 2 do
      local n, w = windows[2 * j - 1], windows[2 * j]
      if (#windows == 2 or size(i) >= n) and count(i, j) >= n then
        full[s.place + j], s.used = true, true
        if s.enforced then anyFull = true end
        if s.shared then s.pace = max(s.pace or 0, floor(0.9 * w / n)) end
      end
    end
    if s.used or s.queued or s.closed and (s.closed > now or s.spaced and s.spaced > now) then
      s.busy = true
      s.closed, s.spaced, s.gap, s.pace = s.closed or 0, s.spaced or 0, s.gap or 0, s.pace or 0
      s.fullUntil = s.fullUntil or now
      s.initialFullUntil = s.fullUntil
      s.resolved = s.exact and s.closed <= s.fullUntil and (s.stretch or 1) == 1 and (not s.shared or s.pace == s.storedPace)
    end
    scopes[i] = s
  end

  -- The earliest time from t on, if no admission is later than t. A window that is not full now stays so.
  local function afterQueue(s, t)
    local last = s.last
    for j = 1, #s.windows / 2 do
      if full[s.place + j] then t = max(t, nth(s, j) + s.windows[2 * j]) end
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

  -- Loads the part of the log that a search from t on needs: the reservations after t, and for each window as many entries
  -- before them as it has permits.
  local function prepare(s, t)
    if s.future then return end
    local raw = call('ZRANGEBYSCORE', s.log, t + 1, '+inf', 'WITHSCORES')
    s.future = {}
    for k = 2, #raw, 2 do s.future[k / 2] = tonumber(raw[k]) end
    local f, all = #s.future, size(s.i)
    s.past = all - f
    s.previous = tonumber(call('ZREVRANGE', s.log, f, f, 'WITHSCORES')[2] or NEVER)
    s.slice, s.offset = {}, {}
    for j = 1, #s.windows / 2 do
      if full[s.place + j] then
        local n = s.windows[2 * j - 1]
        local from = max(0, s.past - n)
        local part = call('ZRANGE', s.log, from, all - n, 'WITHSCORES')
        local times = {}
        for k = 2, #part, 2 do times[k / 2] = tonumber(part[k]) end
        s.slice[j], s.offset[j] = times, from
      end
    end
  end

  -- The number of entries at or before t, which is not before the start of the search.
  local function countUpTo(s, t)
    local low, high = 0, #s.future
    while low < high do
      local middle = floor((low + high) / 2)
      if s.future[middle + 1] <= t then low = middle + 1 else high = middle end
    end
    return s.past + low
  end

  -- t if an admission fits there, else a later time before which none fits.
  local function nextFit(s, t)
    local before = countUpTo(s, t)
    local reservedBefore = before - s.past
    local previous = reservedBefore > 0 and s.future[reservedBefore] or s.previous
    local following = s.future[reservedBefore + 1]
    for j = 1, #s.windows / 2 do
      local times, n, w = s.slice[j], s.windows[2 * j - 1], s.windows[2 * j]
      if times then
        local offset = s.offset[j]
        for i = math.min(before - 1, sizes[s.i] - n), max(0, before - n + 1), -1 do
          local start = times[i - offset + 1]
          if s.future[i + n - s.past] - start < w then return start + w end
        end
        if before >= n and t - times[before - n - offset + 1] < w then return times[before - n - offset + 1] + w end
        if before + n - 1 < sizes[s.i] and s.future[before + n - s.past] - t < w then return following end
      end
    end
    if (s.queued or t > now) and t - previous < s.pace then return previous + s.pace end
    if t < s.spaced and s.gap > 0 then
      if t - previous < s.gap then return previous + s.gap end
      if following and following - t < s.gap then return following end
    end
    return t
  end

  -- The earliest time from t on, among reservations.
  local function withinQueue(s, t)
    prepare(s, t)
    while true do
      local next = nextFit(s, t)
      if next == t then return t end
      t = next
    end
  end

  local function earliest(s, from)
    if not s.busy then return from end
    s.searched = true
    local t = max(from, s.closed, s.fullUntil)
    if s.resolved then return t end
    if not s.used and s.pace == 0 and t >= s.spaced then return t end
    t = newest(s) <= t and afterQueue(s, t) or withinQueue(s, t)
    if from <= s.fullUntil then s.fullUntil, s.found = t, true end
    return t
  end

  -- Whether a scope has room at t at the latest, perhaps after its queue.
  local function hasRoomBy(s, t)
    return not s.busy or s.resolved and s.fullUntil <= t or afterQueue(s, max(now, s.closed, s.fullUntil, newest(s))) <= t
  end

  -- Whether the owner's part of the queue is too long, see Planner; judged by the last 500 reservations.
  local function exceedsShare(s, wait)
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
      if not (refused and hasRoomBy(s, now + latest)) then
        local wait = earliest(s, now) - now
        if wait > latest then latest, binding = wait, i - 1 end
        if wait > s.patience then refused = true end
        if wait > 0 and s.shared and not refused then refused = exceedsShare(s, wait) end
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
  if delay > 0 and delay > math.min(allowed, clientWait) then refused = true end

  if not refused then
    for i, s in ipairs(scopes) do
      if s.enforced then
        add(i, at, s.gap or 0)
      else
        local shadowTime = earliest(s, at)
        if shadowTime - at <= math.min(s.patience, clientWait) then add(i, shadowTime, s.gap or 0) end
        if shadowTime > at then missed = missed + 2 ^ (i - 1) end
      end
    end
  end

  -- Stores hints, so that the next search begins where this one found room.
  for i, s in ipairs(scopes) do
    local hint, joined = KEYS[2 * i + 3], s.shared and added[i] and added[i] > now
    local fullUntil = s.busy and not withoutShare and (s.stretch or 1) == 1 and s.fullUntil or 0
    local exact = not added[i] and fullUntil > now and (s.resolved or s.found and s.last <= fullUntil) or false
    local changed = s.busy and (fullUntil > s.initialFullUntil or exact ~= (s.exact or false))
    if not s.shared and changed and fullUntil > now then
      call('SET', hint, text(fullUntil) .. (exact and '! ' or ' ') .. ARGV[3 * i + 6], 'PX',
        math.ceil((fullUntil - now) / 1000) + 1)
    elseif not s.shared and added[i] and s.exact then
      call('DEL', hint)
    elseif joined or s.queued and (changed or s.searched and s.pace > s.storedPace) then
      local last = max(joined and added[i] or 0, s.queued and s.last or 0)
      call('SET', hint, text(s.pace or 0) .. ' ' .. text(fullUntil) .. (exact and '! ' or ' ') .. ARGV[3 * i + 6], 'PX',
        math.ceil((last - now) / 1000) + 1)
    end
  end
end

-- The window with the least permits left; of full windows, the one that stays full for longer than the others.
local scope, window, least, reset = -1, -1, 0, 0
for i = 1, scopeCount do
  local more = added[i] and 1 or 0
  for j = 1, tonumber(ARGV[3 * i + 4]) >= 2 and #windowsOf[i] / 2 or 0 do
    local n, length = windowsOf[i][2 * j - 1], windowsOf[i][2 * j]
    local place, left = 100 * i + j, nil
    if full[place] then
      left = 0
    elseif not (refused and anyFull) then
      local taken = counts[place] and counts[place] + more
      local lowerBound = taken and 0 or n - size(i) - more
      if scope < 0 or lowerBound <= 0 or lowerBound < least then left = max(0, n - (taken or count(i, j))) end
    end
    if left and (scope < 0 or left < least or left == 0) then
      if left == 0 then
        local oldest = call('ZRANGEBYSCORE', KEYS[3 + 2 * scopeCount + i], now - length + 1, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        length = oldest[2] and max(0, tonumber(oldest[2]) + length - now) or length
      end
      if scope < 0 or left < least or length > reset then scope, window, least, reset = i - 1, j - 1, left, length end
    end
  end
end
return reply(refused and 0 or 1, delay, binding, scope, window, least, reset, missed, settling)
