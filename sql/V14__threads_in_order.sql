-- A search for a Teams channel finds its threads, in the order of time and id, which their indexes now have.
DROP INDEX intent_thread;
CREATE INDEX intent_thread ON intent (hashtextextended(split_part(conversation, ';messageid=', 1), 0), at, id)
  WHERE strpos(conversation, ';messageid=') > 0;
DROP INDEX outcome_thread;
CREATE INDEX outcome_thread ON outcome
  (hashtextextended(split_part(conversation, ';messageid=', 1), 0), intent_at, intent_id)
  WHERE strpos(conversation, ';messageid=') > 0;
CREATE INDEX late_outcome_thread ON late_outcome
  (hashtextextended(split_part(conversation, ';messageid=', 1), 0), intent_at, intent_id)
  WHERE strpos(conversation, ';messageid=') > 0;
