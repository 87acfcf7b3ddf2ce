-- Gives back permits that were not used.
--
-- KEYS: of each scope: log, solid; ARGV: of each scope its member
for i, member in ipairs(ARGV) do
  if redis.call('ZREM', KEYS[2 * i - 1], member) == 1 then redis.call('DEL', KEYS[2 * i]) end
end
return 1
