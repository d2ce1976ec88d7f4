-- Of a Message-ID the index has as much as tells most of them apart, the ten characters behind its bracket: they are in no
-- order, so that a shorter index is written in fewer pages.
ALTER TABLE invitation ADD COLUMN message_key TEXT COLLATE "C";
UPDATE invitation SET message_key = substr(message_id, 2, 10);
ALTER TABLE invitation ALTER COLUMN message_key SET NOT NULL;
DROP INDEX invitation_message_id;
CREATE INDEX invitation_message_key ON invitation (message_key);

-- Whether it is a message, from which others are stored as differences, or the form of messages. The column has another name
-- than before, so that a program that only knows messages fails to read it, and leaves the invitation to others.
ALTER TABLE message_base ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'message';
ALTER TABLE message_base RENAME COLUMN message TO octets;

-- What was sent is looked at least, and not in this order.
DROP INDEX invitation_queued;
CREATE INDEX invitation_unsent ON invitation (meeting_id, id) WHERE state <> 'sent';
