-- Runs that have never beaten: gateways from before V3, which entered them with the times of their intents. One of them
-- may still be running, so only what is older than any request is closed.

-- As before, but for these runs, and those are looked at until nothing younger is left.
CREATE OR REPLACE FUNCTION close_open_intents(dead uuid, seen timestamptz, by_gateway text, by_boot uuid) RETURNS bigint
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  found_boot boot;
  closed bigint;
  -- Only older intents are closed.
  before timestamptz := 'infinity';
  -- Ids are given out in order, but reach the trail a little out of order.
  slack CONSTANT bigint := 10000;
BEGIN
  SELECT * INTO found_boot FROM boot b WHERE b.boot = dead AND b.beat_at = seen FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  -- A beat is at the database's time, not at that of an intent.
  IF EXISTS (SELECT FROM intent i WHERE i.at = found_boot.beat_at AND i.boot = dead) THEN
    before := clock_timestamp() - interval '15 minutes';
  END IF;
  -- Attempts have been recorded since V4.
  INSERT INTO outcome (intent_at, intent_id, at, gateway, boot, close, attempts, latency_micros, error)
  SELECT i.at, i.id, clock_timestamp(), by_gateway, by_boot, 'unknown',
    greatest(1, (SELECT max(a.number) FROM attempt a WHERE a.intent_at = i.at AND a.intent_id = i.id)),
    greatest(0, (extract(epoch FROM clock_timestamp() - i.at) * 1000000)::bigint), 'GatewayDied'
  FROM intent i
  WHERE i.boot = dead AND i.sequence >= greatest(found_boot.open_sequence, found_boot.closed_below)
    AND i.at < before
    AND NOT EXISTS (SELECT FROM outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS closed = ROW_COUNT;
  UPDATE boot b SET closed_at = coalesce(b.closed_at, clock_timestamp()),
    finished_at = CASE WHEN b.closed_at < clock_timestamp() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM intent i WHERE i.boot = dead AND i.at >= before) THEN clock_timestamp() END,
    closed_below = (SELECT max(i.sequence) FROM intent i WHERE i.boot = dead AND i.at < before) - slack
  WHERE b.boot = dead;
  RETURN closed;
END
$$;
