-- Gives back permits whose moment has not come.
--
-- KEYS: the logs of the scopes; ARGV: of each scope its member
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i, log in ipairs(KEYS) do
  local at = redis.call('ZSCORE', log, ARGV[i])
  if at and tonumber(at) > now then redis.call('ZREM', log, ARGV[i]) end
end
return 1
