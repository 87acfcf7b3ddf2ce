-- Reading the trail: who did, what a legal hold keeps, and which months have expired.

-- Who asked for what, recorded before it is answered. Append-only, and partitioned like the rest.
CREATE TABLE access (
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  -- The name of the token, or of the operating system's user; null where nobody was recognized.
  reader text,
  -- Where from: the remote address, or the name of the host where a command ran.
  origin text NOT NULL,
  action text NOT NULL,
  -- What was asked for: a JSON object of texts.
  filters text NOT NULL,
  -- Of what has ended: how many, and the last one.
  entries bigint,
  last_entry uuid,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

CREATE INDEX access_reader ON access (hashtextextended(reader, 0), at, id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON access FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON access EXECUTE FUNCTION refuse_change();
CREATE TABLE access_default PARTITION OF access DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON access_default EXECUTE FUNCTION refuse_change();

-- Legal holds: one record when a hold is laid on, another when it is lifted. Never dropped.
CREATE TABLE hold (
  id uuid NOT NULL,
  change text NOT NULL CHECK (change IN ('added', 'removed')),
  at timestamptz NOT NULL,
  subject text NOT NULL CHECK (subject IN ('bot', 'conversation')),
  value text NOT NULL,
  reason text NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (id, change)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON hold FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON hold EXECUTE FUNCTION refuse_change();

CREATE VIEW hold_in_effect AS
  SELECT id, at, subject, value, reason, changed_by FROM hold added
  WHERE change = 'added' AND NOT EXISTS (SELECT FROM hold removed WHERE removed.id = added.id AND removed.change = 'removed');

-- The partitions of the months that end at `before` or earlier, with their size.
CREATE FUNCTION expired_partitions(before timestamptz)
RETURNS TABLE (month date, parent text, partition_name text, bytes bigint)
LANGUAGE sql STABLE
SET search_path = ${schema}, pg_temp AS $$
  SELECT * FROM (
    SELECT to_date(substring(c.relname FROM '_([0-9]{4}_[0-9]{2})$'), 'YYYY_MM') AS month, p.relname::text,
      c.relname::text, pg_total_relation_size(c.oid)
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_class c ON c.oid = h.inhrelid
    WHERE p.relkind = 'p' AND p.relnamespace = current_schema()::regnamespace
      AND c.relname ~ ('^' || p.relname || '_[0-9]{4}_[0-9]{2}$')) AS monthly
  WHERE (monthly.month + interval '1 month') AT TIME ZONE 'UTC' <= before
$$;

-- The holds that cover an entry of the month that begins with `starts`.
CREATE FUNCTION holds_on(starts date) RETURNS SETOF hold_in_effect
LANGUAGE plpgsql STABLE
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  first CONSTANT timestamptz := starts::timestamp AT TIME ZONE 'UTC';
  beyond CONSTANT timestamptz := (starts + interval '1 month') AT TIME ZONE 'UTC';
  held hold_in_effect;
BEGIN
  FOR held IN SELECT * FROM hold_in_effect ORDER BY at LOOP
    IF held.subject = 'bot' THEN
      PERFORM FROM intent WHERE hashtextextended(bot, 0) = hashtextextended(held.value, 0) AND bot = held.value
        AND at >= first AND at < beyond LIMIT 1;
    ELSE
      PERFORM FROM intent WHERE hashtextextended(conversation, 0) = hashtextextended(held.value, 0)
        AND conversation = held.value AND at >= first AND at < beyond LIMIT 1;
      IF NOT FOUND THEN
        PERFORM FROM outcome WHERE hashtextextended(conversation, 0) = hashtextextended(held.value, 0)
          AND conversation = held.value AND intent_at >= first AND intent_at < beyond LIMIT 1;
      END IF;
    END IF;
    IF FOUND THEN
      RETURN NEXT held;
    END IF;
  END LOOP;
END
$$;

-- Drops a month of every table, if it has ended at `before` or earlier and no hold covers it; tells whether it did.
-- Whoever adds a hold takes the same lock, so that no hold comes too late unnoticed. Writers wait while the tables are
-- dropped, and never longer than a second for their turn to come.
CREATE FUNCTION drop_month(starts date, before timestamptz, dropped_by text, dropped_from text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '1s' AS $$
DECLARE
  victim text;
  victims text[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate holds of ' || current_schema(), 0));
  PERFORM FROM holds_on(starts);
  IF FOUND THEN
    RETURN false;
  END IF;
  SELECT array_agg(partition_name ORDER BY parent) INTO victims FROM expired_partitions(before) WHERE month = starts;
  IF victims IS NULL THEN
    RETURN false;
  END IF;
  FOREACH victim IN ARRAY victims LOOP
    EXECUTE format('DROP TABLE %I', victim);
  END LOOP;
  INSERT INTO access (at, id, reader, origin, action, filters) VALUES (clock_timestamp(), gen_random_uuid(), dropped_by,
    dropped_from, 'drop', json_build_object('month', to_char(starts, 'YYYY-MM'))::text);
  RETURN true;
END
$$;
