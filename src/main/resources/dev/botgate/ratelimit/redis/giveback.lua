-- Gives back permits that were not used: from then on there may be room before the moment that searches began at.
--
-- KEYS: of each scope: log, and pace if it is shared, else full
-- ARGV: of each scope: its member, and 1 where it is shared
for i = 1, #KEYS / 2 do
  local log, mark = KEYS[2 * i - 1], KEYS[2 * i]
  if redis.call('ZREM', log, ARGV[2 * i - 1]) == 1 then
    if ARGV[2 * i] == '1' then
      local pace, left = (redis.call('GET', mark) or ''):match('^%d+'), redis.call('PTTL', mark)
      if pace and left > 0 then redis.call('SET', mark, pace, 'PX', left) end
    else
      redis.call('DEL', mark)
    end
  end
end
return 1
