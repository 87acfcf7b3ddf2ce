-- A month of which partitions are missing is kept by every hold that may cover it, what a hold covers can be counted, and
-- entries are found by their recipient.

-- To whom the activity in the recorded body goes; of older entries it is not known.
ALTER TABLE intent ADD COLUMN recipient text;
CREATE INDEX intent_recipient ON intent (hashtextextended(recipient, 0), at, id) WHERE recipient IS NOT NULL;

-- The entries between `first` and `beyond` that a hold covers, some of them more than once. Inlined where it is called,
-- so that whoever asks whether there is one reads no more than one.
CREATE FUNCTION covered_entries(subject text, value text, first timestamptz, beyond timestamptz)
RETURNS TABLE (at timestamptz, id uuid)
LANGUAGE sql STABLE AS $$
  SELECT i.at, i.id FROM ${schema}.intent i WHERE subject = 'bot'
    AND hashtextextended(i.bot, 0) = hashtextextended(value, 0) AND i.bot = value
    AND i.at >= first AND i.at < beyond
  UNION ALL SELECT i.at, i.id FROM ${schema}.intent i WHERE subject = 'conversation'
    AND hashtextextended(i.conversation, 0) = hashtextextended(value, 0) AND i.conversation = value
    AND i.at >= first AND i.at < beyond
  UNION ALL SELECT o.intent_at, o.intent_id FROM ${schema}.outcome o WHERE subject = 'conversation'
    AND hashtextextended(o.conversation, 0) = hashtextextended(value, 0) AND o.conversation = value
    AND o.intent_at >= first AND o.intent_at < beyond
  UNION ALL SELECT l.intent_at, l.intent_id FROM ${schema}.late_outcome l WHERE subject = 'conversation'
    AND value IN (l.conversation, split_part(l.conversation, ';messageid=', 1))
    AND l.intent_at >= first AND l.intent_at < beyond
  UNION ALL SELECT i.at, i.id FROM ${schema}.intent i WHERE subject = 'conversation'
    AND strpos(i.conversation, ';messageid=') > 0
    AND hashtextextended(split_part(i.conversation, ';messageid=', 1), 0) = hashtextextended(value, 0)
    AND split_part(i.conversation, ';messageid=', 1) = value AND i.at >= first AND i.at < beyond
  UNION ALL SELECT o.intent_at, o.intent_id FROM ${schema}.outcome o WHERE subject = 'conversation'
    AND strpos(o.conversation, ';messageid=') > 0
    AND hashtextextended(split_part(o.conversation, ';messageid=', 1), 0) = hashtextextended(value, 0)
    AND split_part(o.conversation, ';messageid=', 1) = value AND o.intent_at >= first AND o.intent_at < beyond
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

-- The holds that cover an entry of the month that begins with `starts`, or may have covered one of a partition that is
-- missing: only intents name bots, and any of the tables may be the only one to name a conversation.
CREATE OR REPLACE FUNCTION holds_on(starts date) RETURNS SETOF hold_in_effect
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
