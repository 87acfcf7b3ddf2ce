-- A month of exchanges is created, and dropped, in all of their tables or in none.

-- As before, but what belongs together has its month together.
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

CREATE OR REPLACE FUNCTION create_partitions(since timestamptz, ahead integer)
RETURNS TABLE (partition_name text, problem text)
LANGUAGE plpgsql
SET search_path = ${schema}, pg_temp
SET lock_timeout = '5s' AS $$
DECLARE
  exchange CONSTANT text[] := ARRAY['attempt', 'intent', 'late_outcome', 'outcome'];
  parent text;
  starts timestamp;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('botgate partitions of ' || current_schema(), 0));
  FOR month IN 0..ahead LOOP
    starts := date_trunc('month', since AT TIME ZONE 'UTC') + make_interval(months => month);
    RETURN QUERY SELECT * FROM create_month(exchange, starts);
    FOR parent IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = current_schema()::regnamespace
        AND relname <> ALL (exchange) ORDER BY relname LOOP
      RETURN QUERY SELECT * FROM create_month(ARRAY[parent], starts);
    END LOOP;
  END LOOP;
END
$$;

-- Exchanges of the months that end at `before` or earlier in a default partition, where no drop reaches them.
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

-- As before, but no month of which something would stay behind.
CREATE OR REPLACE FUNCTION drop_month(starts date, before timestamptz, dropped_by text, dropped_from text)
RETURNS boolean
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
  PERFORM FROM stray_months(before) WHERE month = starts;
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
