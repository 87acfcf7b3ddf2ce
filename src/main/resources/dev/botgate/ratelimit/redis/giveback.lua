-- Gives back permits that were not used.
--
-- KEYS: the logs of the scopes; ARGV: of each scope its member
for i, log in ipairs(KEYS) do redis.call('ZREM', log, ARGV[i]) end
return 1
