-- The audit trail: an intent before a mutation goes upstream, its attempts, and an outcome after it; who read the trail;
-- legal holds; and the runs of the gateways that write here.
--
-- All but the runs is append-only. What belongs to an exchange lies in the month (UTC) of its intent, so that a month is
-- dropped whole. Texts are as received, except that U+0000, which PostgreSQL cannot store, is recorded as U+2400.

DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'The database''s encoding is % (expected: UTF8)', current_setting('server_encoding');
  END IF;
END
$$;

--------------------------------------------------------------------------------------------------------- Exchanges
-- Ids may be longer than an index entry can be, so their hashes are indexed; a query asks for both hash and id.

CREATE TABLE intent (
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  -- Who made the entry, in which of its runs, and which of that run's exchanges it is.
  gateway text NOT NULL,
  run uuid NOT NULL,
  sequence bigint NOT NULL,
  request_id text NOT NULL,
  operation text NOT NULL,
  method text NOT NULL,
  uri text NOT NULL,
  upstream text NOT NULL,
  bot text,
  tenant text,
  verified boolean NOT NULL,
  -- What the path names.
  conversation text,
  activity text,
  member text,
  -- To whom the activity in the recorded body goes.
  recipient text,
  source_media_type text,
  -- whole: body is what went upstream; reduced: parts of it are replaced by their digests; redacted: values in it are
  -- replaced by keyed digests; streamed: see the outcome.
  body_form text NOT NULL CHECK (body_form IN ('none', 'whole', 'reduced', 'redacted', 'streamed')),
  body bytea,
  -- Of what went upstream; of a redacted body, of the recorded document: the digest of what went upstream would give the
  -- values away to whoever tries them.
  body_length bigint,
  body_sha256 bytea,
  -- The version of the key, if body_sha256 is an HMAC-SHA-256: of a body that could not be redacted.
  body_key text,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

-- lz4 costs a third less than the default, but not every PostgreSQL is built with it.
DO $$
BEGIN
  ALTER TABLE intent ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;

CREATE INDEX intent_bot ON intent (hashtextextended(bot, 0), at, id) WHERE bot IS NOT NULL;
CREATE INDEX intent_tenant ON intent (hashtextextended(tenant, 0), at, id) WHERE tenant IS NOT NULL;
CREATE INDEX intent_conversation ON intent (hashtextextended(conversation, 0), at, id) WHERE conversation IS NOT NULL;
CREATE INDEX intent_activity ON intent (hashtextextended(activity, 0), at, id) WHERE activity IS NOT NULL;
CREATE INDEX intent_member ON intent (hashtextextended(member, 0), at, id) WHERE member IS NOT NULL;
CREATE INDEX intent_recipient ON intent (hashtextextended(recipient, 0), at, id) WHERE recipient IS NOT NULL;
CREATE INDEX intent_request ON intent (hashtextextended(request_id, 0), at, id);
CREATE INDEX intent_operation ON intent (operation, at, id);
-- Finds what a run has left open.
CREATE INDEX intent_run ON intent (run, sequence);
-- A Teams channel's thread is a conversation of its own: the channel's id with ;messageid= and the thread's.
CREATE INDEX intent_thread ON intent (hashtextextended(split_part(conversation, ';messageid=', 1), 0), at, id)
  WHERE strpos(conversation, ';messageid=') > 0;

-- Each attempt of an exchange that took more than one, recorded as it ended. A single attempt has no row: its outcome
-- says the same.
CREATE TABLE attempt (
  intent_at timestamptz NOT NULL,
  intent_id uuid NOT NULL,
  -- From 1.
  number integer NOT NULL,
  at timestamptz NOT NULL,
  -- What the upstream answered; null when it did not.
  status integer,
  error text,
  latency_micros bigint NOT NULL,
  PRIMARY KEY (intent_at, intent_id, number)
) PARTITION BY RANGE (intent_at);

-- The primary key is the intent's, so that no intent is closed twice.
CREATE TABLE outcome (
  intent_at timestamptz NOT NULL,
  intent_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- Who recorded it.
  gateway text NOT NULL,
  run uuid NOT NULL,
  close text NOT NULL CHECK (close IN ('succeeded', 'refused', 'failed', 'unknown')),
  -- What the upstream answered; null when it did not.
  status integer,
  attempts integer NOT NULL,
  latency_micros bigint NOT NULL,
  -- The id in the upstream's reply, and the conversation and the activity that were created.
  reply_id text,
  conversation text,
  activity text,
  error text,
  -- Of a streamed body: how much was sent, its digest and the digest's key as in intent, and whether that was all of it.
  sent_length bigint,
  sent_sha256 bytea,
  sent_key text,
  sent_whole boolean,
  PRIMARY KEY (intent_at, intent_id)
) PARTITION BY RANGE (intent_at);

CREATE INDEX outcome_close ON outcome (close, intent_at, intent_id) WHERE close <> 'succeeded';
CREATE INDEX outcome_conversation ON outcome (hashtextextended(conversation, 0), intent_at, intent_id)
  WHERE conversation IS NOT NULL;
CREATE INDEX outcome_activity ON outcome (hashtextextended(activity, 0), intent_at, intent_id)
  WHERE activity IS NOT NULL;
CREATE INDEX outcome_thread ON outcome
  (hashtextextended(split_part(conversation, ';messageid=', 1), 0), intent_at, intent_id)
  WHERE strpos(conversation, ';messageid=') > 0;

-- The outcome that a gateway reported after another one had taken it for dead and closed the exchange as unknown. The one
-- in outcome stays.
CREATE TABLE late_outcome (LIKE outcome INCLUDING CONSTRAINTS) PARTITION BY RANGE (intent_at);
ALTER TABLE late_outcome ADD PRIMARY KEY (intent_at, intent_id, run);

CREATE INDEX late_outcome_conversation ON late_outcome (hashtextextended(conversation, 0), intent_at, intent_id)
  WHERE conversation IS NOT NULL;
CREATE INDEX late_outcome_activity ON late_outcome (hashtextextended(activity, 0), intent_at, intent_id)
  WHERE activity IS NOT NULL;
CREATE INDEX late_outcome_thread ON late_outcome
  (hashtextextended(split_part(conversation, ';messageid=', 1), 0), intent_at, intent_id)
  WHERE strpos(conversation, ';messageid=') > 0;

----------------------------------------------------------------------------------------------------- Access and holds

-- Who asked for what, recorded before it is answered.
CREATE TABLE access (
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  -- The name of the token, or of the operating system's user; null where nobody was recognized.
  reader text,
  -- The remote address, or the name of the host where a command ran.
  origin text NOT NULL,
  action text NOT NULL,
  -- What was asked for: a JSON object of texts.
  filters text NOT NULL,
  -- Of an export that has ended: how many entries it had, and the last of them.
  entries bigint,
  last_entry uuid,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

CREATE INDEX access_reader ON access (hashtextextended(reader, 0), at, id);

-- Legal holds: one record when a hold is added, another when it is removed. Never dropped.
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

CREATE VIEW hold_in_effect AS
  SELECT id, at, subject, value, reason, changed_by FROM hold added
  WHERE change = 'added' AND NOT EXISTS (SELECT FROM hold removed WHERE removed.id = added.id AND removed.change = 'removed');

---------------------------------------------------------------------------------------------------------------- Runs

-- The runs of the gateways, each updated with every heartbeat. Times are the database's, so the gateways' clocks need not
-- agree.
CREATE TABLE gateway_run (
  run uuid PRIMARY KEY,
  gateway text NOT NULL,
  -- The journal's directory that this run writes to when it cannot write here; null for none.
  journal uuid,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When it stopped in good order, with nothing left in its journal.
  ended_at timestamptz,
  -- All exchanges of this run with a lower sequence are closed: what the run itself says.
  open_sequence bigint NOT NULL DEFAULT 1,
  -- When others closed what it had left open, and below which sequence nothing is left to find.
  closed_at timestamptz,
  closed_below bigint,
  -- When that was done for the last time, an hour or more after the first. What is open is of a run without it.
  finished_at timestamptz
);

CREATE INDEX gateway_run_journal ON gateway_run (journal) WHERE journal IS NOT NULL;
CREATE INDEX gateway_run_unfinished ON gateway_run (run) WHERE finished_at IS NULL;

-- Closes as unknown what the run `dead` has left open, and returns how many exchanges that were. Does nothing if its
-- heartbeat has moved since `seen`, or if another gateway is closing them. The run may only be slow, so it is looked at
-- again until an hour later.
CREATE FUNCTION close_open_intents(dead uuid, seen timestamptz, by_gateway text, by_run uuid) RETURNS bigint
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  dead_run gateway_run;
  closed bigint;
  -- Sequences are given out in order, but reach the trail a little out of order.
  slack CONSTANT bigint := 10000;
BEGIN
  SELECT * INTO dead_run FROM gateway_run r WHERE r.run = dead AND r.heartbeat_at = seen FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  INSERT INTO outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros, error)
  SELECT i.at, i.id, clock_timestamp(), by_gateway, by_run, 'unknown',
    greatest(1, (SELECT max(a.number) FROM attempt a WHERE a.intent_at = i.at AND a.intent_id = i.id)),
    greatest(0, (extract(epoch FROM clock_timestamp() - i.at) * 1000000)::bigint), 'GatewayDied'
  FROM intent i
  WHERE i.run = dead AND i.sequence >= greatest(dead_run.open_sequence, dead_run.closed_below)
    AND NOT EXISTS (SELECT FROM outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS closed = ROW_COUNT;
  UPDATE gateway_run r SET closed_at = coalesce(r.closed_at, clock_timestamp()),
    finished_at = CASE WHEN r.closed_at < clock_timestamp() - interval '1 hour' THEN clock_timestamp() END,
    closed_below = (SELECT max(i.sequence) FROM intent i WHERE i.run = dead) - slack
  WHERE r.run = dead;
  RETURN closed;
END
$$;

--------------------------------------------------------------------------------------------------------- Append-only

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'A whole month is removed by dropping its partition.';
END
$$;

-- Entries of a month that has no partition go to the default one. A row trigger reaches the partitions by itself, one on
-- TRUNCATE does not: each partition gets its own.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['access', 'attempt', 'intent', 'late_outcome', 'outcome'] LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', name || '_default', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', name || '_default');
  END LOOP;
  FOREACH name IN ARRAY ARRAY['access', 'attempt', 'hold', 'intent', 'late_outcome', 'outcome'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END
$$;

---------------------------------------------------------------------------------------------------------- Partitions

-- Creates the partitions of `parents` for the month that begins with `starts`, all that are missing or none. Returns those
-- that were missing, each with the reason why it still is, or null when it was created. A table made apart and then
-- attached keeps writers and readers from waiting.
CREATE FUNCTION create_month(parents text[], starts timestamp) RETURNS TABLE (partition_name text, problem text)
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  suffix CONSTANT text := to_char(starts, '_YYYY_MM');
  missing CONSTANT text[] := ARRAY(SELECT p FROM unnest(parents) AS p
    WHERE to_regclass(quote_ident(p || suffix)) IS NULL ORDER BY p);
  parent text;
  why text;
BEGIN
  BEGIN
    FOREACH parent IN ARRAY missing LOOP
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', parent || suffix, parent);
      EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()',
        parent || suffix);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, parent || suffix,
        starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
  EXCEPTION WHEN check_violation OR lock_not_available THEN
    why := SQLERRM;
  END;
  RETURN QUERY SELECT p || suffix, why FROM unnest(missing) AS p;
END
$$;

-- Creates the partitions of the month of `since` and of `ahead` more; returns as create_month. A month of exchanges is
-- created in all of their tables or in none. Any number of gateways may call it at once, while others write.
CREATE FUNCTION create_partitions(since timestamptz, ahead integer)
RETURNS TABLE (partition_name text, problem text)
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
  starts timestamp;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate partitions of ' || current_schema(), 0));
  FOR month IN 0..ahead LOOP
    starts := date_trunc('month', since AT TIME ZONE 'UTC') + make_interval(months => month);
    RETURN QUERY SELECT * FROM create_month(ARRAY['attempt', 'intent', 'late_outcome', 'outcome'], starts);
    RETURN QUERY SELECT * FROM create_month(ARRAY['access'], starts);
  END LOOP;
END
$$;

----------------------------------------------------------------------------------------------------------- Retention

-- The partitions of the months that end at `before` or earlier, with their size.
CREATE FUNCTION expired_partitions(before timestamptz)
RETURNS TABLE (month date, parent text, partition_name text, bytes bigint)
LANGUAGE sql STABLE
SET search_path = ${schema}, pg_temp AS $$
  SELECT * FROM (
    SELECT to_date(substring(c.relname FROM '_([0-9]{4}_[0-9]{2})$'), 'YYYY_MM') AS month, p.relname::text,
      c.relname::text, pg_total_relation_size(c.oid)
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_class c ON c.oid = h.inhrelid
    WHERE p.relkind = 'p' AND p.relnamespace = quote_ident(current_schema())::regnamespace
      AND c.relname ~ ('^' || p.relname || '_[0-9]{4}_[0-9]{2}$')) AS monthly
  WHERE (monthly.month + interval '1 month') AT TIME ZONE 'UTC' <= before
$$;

-- The months that end at `before` or earlier and have exchanges in a default partition, which no drop reaches.
CREATE FUNCTION stray_months(before timestamptz) RETURNS TABLE (month date, problem text)
LANGUAGE sql STABLE
SET search_path = ${schema}, pg_temp AS $$
  SELECT s.month, 'rows of it lie in ' || string_agg(s.place, ', ' ORDER BY s.place)
  FROM (SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date AS month, place FROM (
      SELECT at, 'intent_default' AS place FROM intent_default
      UNION ALL SELECT intent_at, 'attempt_default' FROM attempt_default
      UNION ALL SELECT intent_at, 'outcome_default' FROM outcome_default
      UNION ALL SELECT intent_at, 'late_outcome_default' FROM late_outcome_default) AS stray
    WHERE at < before) AS s
  WHERE (s.month + interval '1 month') AT TIME ZONE 'UTC' <= before
  GROUP BY s.month
$$;

-- The tables that name bots and conversations and have no partition for the month that begins with `starts`: somebody has
-- dropped or detached it.
CREATE FUNCTION missing_partitions(starts date) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = ${schema}, pg_temp AS $$
  SELECT coalesce(array_agg(parent ORDER BY parent), '{}') FROM unnest(ARRAY['intent', 'late_outcome', 'outcome']) AS parent
  WHERE NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
    WHERE h.inhparent = to_regclass(quote_ident(parent)) AND c.relname = parent || to_char(starts, '_YYYY_MM'))
$$;

-- The conversations that entries name, in any of their records.
CREATE VIEW named_conversation AS
  SELECT at, id, conversation FROM intent
  UNION ALL SELECT intent_at, intent_id, conversation FROM outcome
  UNION ALL SELECT intent_at, intent_id, conversation FROM late_outcome;

-- The entries between `first` and `beyond` that a hold covers, some of them more than once. PostgreSQL inlines it, so that
-- whoever asks whether there is one reads no more than one.
CREATE FUNCTION covered_entries(subject text, value text, first timestamptz, beyond timestamptz)
RETURNS TABLE (at timestamptz, id uuid)
LANGUAGE sql STABLE AS $$
  SELECT i.at, i.id FROM ${schema}.intent i WHERE subject = 'bot'
    AND hashtextextended(i.bot, 0) = hashtextextended(value, 0) AND i.bot = value
    AND i.at >= first AND i.at < beyond
  UNION ALL SELECT n.at, n.id FROM ${schema}.named_conversation n WHERE subject = 'conversation'
    AND hashtextextended(n.conversation, 0) = hashtextextended(value, 0) AND n.conversation = value
    AND n.at >= first AND n.at < beyond
  UNION ALL SELECT n.at, n.id FROM ${schema}.named_conversation n WHERE subject = 'conversation'
    AND strpos(n.conversation, ';messageid=') > 0
    AND hashtextextended(split_part(n.conversation, ';messageid=', 1), 0) = hashtextextended(value, 0)
    AND split_part(n.conversation, ';messageid=', 1) = value AND n.at >= first AND n.at < beyond
$$;

-- The holds that cover an entry of the month that begins with `starts`, or may have covered one of a partition that is
-- missing: only intents name bots, and any of the tables may be the only one to name a conversation.
CREATE FUNCTION holds_on(starts date) RETURNS SETOF hold_in_effect
LANGUAGE plpgsql STABLE
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  first CONSTANT timestamptz := starts::timestamp AT TIME ZONE 'UTC';
  beyond CONSTANT timestamptz := (starts + interval '1 month') AT TIME ZONE 'UTC';
  missing CONSTANT text[] := missing_partitions(starts);
  held hold_in_effect;
BEGIN
  FOR held IN SELECT * FROM hold_in_effect ORDER BY at LOOP
    IF 'intent' = ANY (missing) OR (held.subject = 'conversation' AND cardinality(missing) > 0)
        OR EXISTS (SELECT FROM covered_entries(held.subject, held.value, first, beyond)) THEN
      RETURN NEXT held;
    END IF;
  END LOOP;
END
$$;

-- Drops a month of every table, if it has ended at `before` or earlier, no hold covers it and nothing of it would stay in
-- a default partition; returns whether it did. Whoever adds a hold takes the same lock, so that no hold comes too late
-- unnoticed. Writers wait while the tables are dropped; the drop itself waits at most a second for them.
CREATE FUNCTION drop_month(starts date, before timestamptz, dropped_by text, dropped_from text) RETURNS boolean
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '1s' AS $$
DECLARE
  expired text[];
  name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate holds of ' || current_schema(), 0));
  expired := ARRAY(SELECT partition_name FROM expired_partitions(before) WHERE month = starts ORDER BY parent);
  IF cardinality(expired) = 0 OR EXISTS (SELECT FROM holds_on(starts))
      OR EXISTS (SELECT FROM stray_months(before) WHERE month = starts) THEN
    RETURN false;
  END IF;
  FOREACH name IN ARRAY expired LOOP
    EXECUTE format('DROP TABLE %I', name);
  END LOOP;
  INSERT INTO access (at, id, reader, origin, action, filters) VALUES (clock_timestamp(), gen_random_uuid(), dropped_by,
    dropped_from, 'drop', json_build_object('month', to_char(starts, 'YYYY-MM'))::text);
  RETURN true;
END
$$;
