-- The audit trail: an intent before a mutation goes upstream, an outcome after it.
--
-- Both tables are append-only, and partitioned by the month (UTC) of the intent. An outcome lies in the month of its
-- intent, so that a month can be dropped whole; its primary key is its intent's, so that no intent is closed twice.
-- Texts are as received, but for what PostgreSQL cannot store: U+0000 is recorded as U+2400.

DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'The database''s encoding is % (expected: UTF8)', current_setting('server_encoding');
  END IF;
END
$$;

CREATE TABLE intent (
  at timestamptz NOT NULL,
  id uuid NOT NULL,
  -- Who made the entry, in which of its runs, and which of that run's exchanges it is.
  gateway text NOT NULL,
  boot uuid NOT NULL,
  sequence bigint NOT NULL,
  request_id text NOT NULL,
  operation text NOT NULL,
  method text NOT NULL,
  uri text NOT NULL,
  upstream text NOT NULL,
  bot text,
  tenant text,
  verified boolean NOT NULL,
  conversation text,
  activity text,
  member text,
  source_media_type text,
  -- whole: body is what went upstream; reduced: parts of it are replaced by their digests; streamed: see the outcome.
  body_form text NOT NULL CHECK (body_form IN ('none', 'whole', 'reduced', 'streamed')),
  body bytea,
  -- Of what went upstream, not of what is recorded.
  body_length bigint,
  body_sha256 bytea,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

CREATE TABLE outcome (
  intent_at timestamptz NOT NULL,
  intent_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- Who recorded it.
  gateway text NOT NULL,
  boot uuid NOT NULL,
  close text NOT NULL CHECK (close IN ('succeeded', 'refused', 'failed', 'unknown')),
  -- What the upstream answered; null when it did not.
  status integer,
  attempts integer NOT NULL,
  latency_micros bigint NOT NULL,
  -- The id that the upstream's reply names, and the conversation and the activity that it speaks of.
  reply_id text,
  conversation text,
  activity text,
  error text,
  -- Of a streamed body: how much was sent, its digest, and whether that was all of it.
  sent_length bigint,
  sent_sha256 bytea,
  sent_whole boolean,
  PRIMARY KEY (intent_at, intent_id)
) PARTITION BY RANGE (intent_at);

-- Not every PostgreSQL is built with lz4, which costs a third less than the default.
DO $$
BEGIN
  ALTER TABLE intent ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;

-- Ids may be longer than an index entry can be, so their hashes are indexed; a query asks for both hash and id.
CREATE INDEX intent_bot ON intent (hashtextextended(bot, 0), at, id) WHERE bot IS NOT NULL;
CREATE INDEX intent_tenant ON intent (hashtextextended(tenant, 0), at, id) WHERE tenant IS NOT NULL;
CREATE INDEX intent_conversation ON intent (hashtextextended(conversation, 0), at, id) WHERE conversation IS NOT NULL;
CREATE INDEX intent_activity ON intent (hashtextextended(activity, 0), at, id) WHERE activity IS NOT NULL;
CREATE INDEX intent_member ON intent (hashtextextended(member, 0), at, id) WHERE member IS NOT NULL;
CREATE INDEX intent_request ON intent (hashtextextended(request_id, 0), at, id);
CREATE INDEX intent_operation ON intent (operation, at, id);
CREATE INDEX outcome_close ON outcome (close, intent_at, intent_id) WHERE close <> 'succeeded';
CREATE INDEX outcome_conversation ON outcome (hashtextextended(conversation, 0), intent_at, intent_id)
  WHERE conversation IS NOT NULL;
CREATE INDEX outcome_activity ON outcome (hashtextextended(activity, 0), intent_at, intent_id)
  WHERE activity IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'A whole month is removed by dropping its partition.';
END
$$;

-- Row triggers reach the partitions by themselves, those of TRUNCATE do not: each partition gets its own.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON intent FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outcome FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON intent EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON outcome EXECUTE FUNCTION refuse_change();

-- Where a month is missing, entries are recorded nevertheless.
CREATE TABLE intent_default PARTITION OF intent DEFAULT;
CREATE TABLE outcome_default PARTITION OF outcome DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON intent_default EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON outcome_default EXECUTE FUNCTION refuse_change();

-- Sees to it that there are partitions for the month of `since` and for `ahead` more. Gives the partitions that were
-- missing, each with the reason why it still is, or null when it was created. Any number of gateways may call it at
-- once, while others write: a table made apart and then attached keeps writers and readers from waiting.
CREATE FUNCTION create_partitions(since timestamptz, ahead integer)
RETURNS TABLE (partition_name text, problem text)
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
  parent text;
  starts timestamp;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate partitions of ' || current_schema(), 0));
  FOREACH parent IN ARRAY ARRAY['intent', 'outcome'] LOOP
    FOR month IN 0..ahead LOOP
      starts := date_trunc('month', since AT TIME ZONE 'UTC') + make_interval(months => month);
      partition_name := parent || to_char(starts, '_YYYY_MM');
      CONTINUE WHEN to_regclass(quote_ident(partition_name)) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', partition_name, parent);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION refuse_change()',
          partition_name);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition_name,
          starts AT TIME ZONE 'UTC', (starts + interval '1 month') AT TIME ZONE 'UTC');
        problem := NULL;
      EXCEPTION WHEN check_violation OR lock_not_available THEN
        problem := SQLERRM;
      END;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END
$$;
