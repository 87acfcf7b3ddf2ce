-- The start of each script that uses the time. Times are whole microseconds.
local function text(number) return string.format('%.0f', number) end

-- The time of the server's clock, which never goes back. If the clock is set back, time goes on from the latest value, ahead of
-- the clock; else nothing would be admitted until the clock has caught up. If it is set forward again, which shows as two
-- seconds without a script (heartbeats prevent that otherwise), the lead is reduced, so that no window seems to have passed.
--
-- key: the key of the clock; stored: its value: the latest time, to 10 ms, and, if above 0, the lead over the server's clock
local function readClock(key, stored)
  local last, ahead = (stored or ''):match('^(%d+) ?(%d*)$')
  last, ahead = tonumber(last or '') or 0, tonumber(ahead or '') or 0
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2] + ahead
  local correction = now - last > 2000000 and math.min(ahead, now - last) or 0
  ahead, now = ahead - correction, now - correction
  local behind = last - now
  if behind > 0 then
    ahead, now = ahead + behind, last
  end
  if behind > 0 or behind <= -10000 or correction > 0 then
    redis.call('SET', key, text(now) .. (ahead > 0 and ' ' .. text(ahead) or ''), 'PX', 86400000)
  end
  return now
end
