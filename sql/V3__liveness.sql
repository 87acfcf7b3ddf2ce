-- Which gateways live, and how the intents of those that died are closed.
--
-- A boot is one run of one gateway. Its row here is no part of the trail: it is updated with each heartbeat. Times are
-- the database's, so the gateways' clocks need not agree.

CREATE TABLE boot (
  boot uuid PRIMARY KEY,
  gateway text NOT NULL,
  -- The journal's directory that this boot writes to when it cannot write here; null for none.
  journal uuid,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Stopped in good order, with nothing left in its journal.
  ended_at timestamptz,
  -- All exchanges of this boot with a lower sequence are closed: what the boot itself says.
  open_sequence bigint NOT NULL DEFAULT 1,
  -- When others closed what it had left open, and below which sequence nothing is left to find.
  closed_at timestamptz,
  closed_below bigint,
  -- When that was done for the last time, an hour or more after the first. What is open is of a run without it.
  finished_at timestamptz
);

CREATE INDEX boot_journal ON boot (journal) WHERE journal IS NOT NULL;
CREATE INDEX boot_unfinished ON boot (boot) WHERE finished_at IS NULL;

-- Finds what a boot has left open.
CREATE INDEX intent_boot ON intent (boot, sequence);

INSERT INTO boot (boot, gateway, started_at, beat_at)
SELECT boot, min(gateway), min(at), max(at) FROM intent GROUP BY boot;

-- What a gateway knew of the end of an exchange that another one, taking it for dead, had closed as unknown before. The
-- closing record stays the one in outcome; this keeps what came too late.
CREATE TABLE late_outcome (LIKE outcome INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (intent_at);
ALTER TABLE late_outcome ADD PRIMARY KEY (intent_at, intent_id, boot);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON late_outcome FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON late_outcome EXECUTE FUNCTION refuse_change();
CREATE TABLE late_outcome_default PARTITION OF late_outcome DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON late_outcome_default EXECUTE FUNCTION refuse_change();

-- Closes as unknown what the boot `dead` has left open, and tells how much that was. Does nothing when it has beaten
-- since `seen`, or when another gateway is at it. It may only be slow, so it is looked at until an hour later.
CREATE FUNCTION close_open_intents(dead uuid, seen timestamptz, by_gateway text, by_boot uuid) RETURNS bigint
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  found_boot boot;
  closed bigint;
  -- Ids are given out in order, but reach the trail a little out of order.
  slack CONSTANT bigint := 10000;
BEGIN
  SELECT * INTO found_boot FROM boot b WHERE b.boot = dead AND b.beat_at = seen FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  -- Attempts have been recorded since V4.
  INSERT INTO outcome (intent_at, intent_id, at, gateway, boot, close, attempts, latency_micros, error)
  SELECT i.at, i.id, clock_timestamp(), by_gateway, by_boot, 'unknown',
    greatest(1, (SELECT max(a.number) FROM attempt a WHERE a.intent_at = i.at AND a.intent_id = i.id)),
    greatest(0, (extract(epoch FROM clock_timestamp() - i.at) * 1000000)::bigint), 'GatewayDied'
  FROM intent i
  WHERE i.boot = dead AND i.sequence >= greatest(found_boot.open_sequence, found_boot.closed_below)
    AND NOT EXISTS (SELECT FROM outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS closed = ROW_COUNT;
  UPDATE boot b SET closed_at = coalesce(b.closed_at, clock_timestamp()),
    finished_at = CASE WHEN b.closed_at < clock_timestamp() - interval '1 hour' THEN clock_timestamp() END,
    closed_below = (SELECT max(i.sequence) FROM intent i WHERE i.boot = dead) - slack
  WHERE b.boot = dead;
  RETURN closed;
END
$$;
