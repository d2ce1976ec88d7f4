-- A message that others of its meeting are stored as differences from.
CREATE TABLE message_base (
    id         INTEGER PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    language   TEXT NOT NULL,
    message    BLOB NOT NULL
) STRICT;

CREATE INDEX message_base_of ON message_base (meeting_id, purpose, language);

-- Without one, as in the rows from before, `message` is the message itself.
ALTER TABLE invitation ADD COLUMN base_id INTEGER REFERENCES message_base (id);

-- Whatever is asked of the outbox is found without looking through the rest of it.
DROP INDEX invitation_due;
CREATE INDEX invitation_queued ON invitation (meeting_id, id) WHERE state = 'queued';
CREATE INDEX invitation_next ON invitation (next_attempt_at) WHERE state = 'queued';
CREATE INDEX invitation_sending ON invitation (lease_holder, lease_until) WHERE state = 'sending';
