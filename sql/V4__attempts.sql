-- The attempts of an exchange that took more than one, each recorded as it ended. Of a single attempt its outcome tells
-- all, so that it has no row here.
--
-- Append-only and partitioned like intents and outcomes: an attempt lies in the month of its intent.

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

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON attempt EXECUTE FUNCTION refuse_change();

CREATE TABLE attempt_default PARTITION OF attempt DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON attempt_default EXECUTE FUNCTION refuse_change();

-- As before, for every table of the schema that is partitioned.
CREATE OR REPLACE FUNCTION create_partitions(since timestamptz, ahead integer)
RETURNS TABLE (partition_name text, problem text)
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
  parent text;
  starts timestamp;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate partitions of ' || current_schema(), 0));
  FOR parent IN SELECT relname FROM pg_class
      WHERE relkind = 'p' AND relnamespace = current_schema()::regnamespace ORDER BY relname LOOP
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
