-- Of a Message-ID the index has as much as tells most of them apart: it is in no order, so that a shorter one is written
-- in fewer pages.
DROP INDEX invitation_message_id;
CREATE INDEX invitation_message_id ON invitation (substr(message_id, 2, 10));

-- Whether it is a message, from which others are stored as differences, or the form of messages.
ALTER TABLE message_base ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'message';

-- What was sent is looked at least, and not in this order.
DROP INDEX invitation_queued;
CREATE INDEX invitation_unsent ON invitation (meeting_id, id) WHERE state <> 'sent';
