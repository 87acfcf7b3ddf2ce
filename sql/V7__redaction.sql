-- Bodies in which values are replaced by keyed digests, and digests that take a key.

-- redacted: values in body are replaced by keyed digests; body_length and body_sha256 are of the document with these in
-- place, since the digest of what went upstream would give the values away to who tries them.
-- Partitions have the check as their own, too; what is there already has passed the narrower one.
DO $$
DECLARE
  narrow record;
BEGIN
  ALTER TABLE intent DROP CONSTRAINT intent_body_form_check;
  FOR narrow IN SELECT c.conname, c.conrelid::regclass AS partition FROM pg_constraint c
      JOIN pg_inherits h ON h.inhrelid = c.conrelid AND h.inhparent = 'intent'::regclass
      WHERE c.contype = 'c' AND c.conname = 'intent_body_form_check' LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', narrow.partition, narrow.conname);
  END LOOP;
END
$$;
ALTER TABLE intent ADD CONSTRAINT intent_body_form_check
  CHECK (body_form IN ('none', 'whole', 'reduced', 'redacted', 'streamed')) NOT VALID;

-- The version of the key where the digest beside it is an HMAC-SHA-256: of a body in which something should have been
-- replaced, and could not be.
ALTER TABLE intent ADD COLUMN body_key text;
ALTER TABLE outcome ADD COLUMN sent_key text;
ALTER TABLE late_outcome ADD COLUMN sent_key text;
