-- The beginning of scripts that reckon with time, in whole microseconds.
local function text(number) return string.format('%.0f', number) end

-- The moment by the server's clock. Where that is put back, time runs on from where it was; else nothing would be given, nor
-- any scope open, until the clock has caught up. After that two seconds without a script, which heartbeats prevent, mean that
-- it was put right: no window may seem to have passed.
--
-- key: of the clock; kept: what is there: the latest moment that was reckoned with, to 10 ms, and after a space how far time is
-- ahead of the server's clock, unless it is not
local function moment(key, kept)
  local last, ahead = (kept or ''):match('^(%d+) ?(%d*)$')
  last, ahead = tonumber(last or '') or 0, tonumber(ahead or '') or 0
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2] + ahead
  local right = now - last > 2000000 and math.min(ahead, now - last) or 0
  ahead, now = ahead - right, now - right
  local back = last - now
  if back > 0 then
    ahead, now = ahead + back, last
  end
  if back > 0 or back <= -10000 or right > 0 then
    redis.call('SET', key, text(now) .. (ahead > 0 and ' ' .. text(ahead) or ''), 'PX', 86400000)
  end
  return now
end
