-- What each newest answer says, so that of two that are taken in at the same time the newer one prevails.
ALTER TABLE answer ADD COLUMN status TEXT;
