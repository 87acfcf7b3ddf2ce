-- What only late_outcome knows is found as what outcome knows, and a hold on a Teams channel covers its threads.

CREATE INDEX late_outcome_conversation ON late_outcome (hashtextextended(conversation, 0), intent_at, intent_id)
  WHERE conversation IS NOT NULL;
CREATE INDEX late_outcome_activity ON late_outcome (hashtextextended(activity, 0), intent_at, intent_id)
  WHERE activity IS NOT NULL;

-- A channel's thread is a conversation of its own: the channel's id with ;messageid= and the thread's.
CREATE INDEX intent_thread ON intent (hashtextextended(split_part(conversation, ';messageid=', 1), 0), at)
  WHERE strpos(conversation, ';messageid=') > 0;
CREATE INDEX outcome_thread ON outcome (hashtextextended(split_part(conversation, ';messageid=', 1), 0), intent_at)
  WHERE strpos(conversation, ';messageid=') > 0;

-- The holds that cover an entry of the month that begins with `starts`.
CREATE OR REPLACE FUNCTION holds_on(starts date) RETURNS SETOF hold_in_effect
LANGUAGE plpgsql STABLE
SET search_path = ${schema}, pg_temp AS $$
DECLARE
  first CONSTANT timestamptz := starts::timestamp AT TIME ZONE 'UTC';
  beyond CONSTANT timestamptz := (starts + interval '1 month') AT TIME ZONE 'UTC';
  held hold_in_effect;
  covers boolean;
BEGIN
  FOR held IN SELECT * FROM hold_in_effect ORDER BY at LOOP
    IF held.subject = 'bot' THEN
      covers := EXISTS (SELECT FROM intent WHERE hashtextextended(bot, 0) = hashtextextended(held.value, 0)
        AND bot = held.value AND at >= first AND at < beyond);
    ELSE
      covers := EXISTS (SELECT FROM intent WHERE hashtextextended(conversation, 0) = hashtextextended(held.value, 0)
          AND conversation = held.value AND at >= first AND at < beyond)
        OR EXISTS (SELECT FROM outcome WHERE hashtextextended(conversation, 0) = hashtextextended(held.value, 0)
          AND conversation = held.value AND intent_at >= first AND intent_at < beyond)
        OR EXISTS (SELECT FROM late_outcome WHERE held.value IN (conversation, split_part(conversation, ';messageid=', 1))
          AND intent_at >= first AND intent_at < beyond)
        OR EXISTS (SELECT FROM intent WHERE strpos(conversation, ';messageid=') > 0
          AND hashtextextended(split_part(conversation, ';messageid=', 1), 0) = hashtextextended(held.value, 0)
          AND split_part(conversation, ';messageid=', 1) = held.value AND at >= first AND at < beyond)
        OR EXISTS (SELECT FROM outcome WHERE strpos(conversation, ';messageid=') > 0
          AND hashtextextended(split_part(conversation, ';messageid=', 1), 0) = hashtextextended(held.value, 0)
          AND split_part(conversation, ';messageid=', 1) = held.value AND intent_at >= first AND intent_at < beyond);
    END IF;
    IF covers THEN
      RETURN NEXT held;
    END IF;
  END LOOP;
END
$$;
