-- Gives back unused permits, and removes what earlier searches found, since there may be room earlier now.
--
-- KEYS: of each scope: log, and pace if it is shared, else full
-- ARGV: of each scope: its member, and 1 where it is shared
for i = 1, #KEYS / 2 do
  local log, hint = KEYS[2 * i - 1], KEYS[2 * i]
  if redis.call('ZREM', log, ARGV[2 * i - 1]) == 1 then
    if ARGV[2 * i] == '1' then
      local pace, left = (redis.call('GET', hint) or ''):match('^%d+'), redis.call('PTTL', hint)
      if pace and left > 0 then redis.call('SET', hint, pace, 'PX', left) end
    else
      redis.call('DEL', hint)
    end
  end
end
return 1
