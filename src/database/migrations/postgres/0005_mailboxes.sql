-- Calendars live behind mailboxes, so that what was sent is found by mailbox: the address in lower-case ASCII. A tenure is
-- the time of one organizer, and so of one UID. An occurrence is one of a recurring meeting; '' is all of them.

ALTER TABLE issued
    ADD COLUMN occurrence TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN tenure     BIGINT NOT NULL DEFAULT 0,
    -- The organizer as JSON, what attendees had answered as JSON, and a digest of what the calendar objects say.
    ADD COLUMN organizer  TEXT,
    ADD COLUMN answers    TEXT,
    ADD COLUMN content    BIGINT,
    DROP CONSTRAINT issued_pkey,
    ADD PRIMARY KEY (meeting_id, occurrence, tenure, revision);

ALTER TABLE answer
    ADD COLUMN occurrence TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN tenure     BIGINT NOT NULL DEFAULT 0,
    DROP CONSTRAINT answer_pkey,
    ADD PRIMARY KEY (meeting_id, occurrence, kind, person_id);

ALTER TABLE invitation
    ADD COLUMN occurrence   TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN tenure       BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN mailbox      TEXT COLLATE "C",
    -- The digest of what the calendar object says, where that is not the revision's.
    ADD COLUMN content      BIGINT,
    -- 1: a newer message was put in its place.
    ADD COLUMN superseded   BIGINT NOT NULL DEFAULT 0,
    -- How often the connection broke after the final dot and before the answer.
    ADD COLUMN answers_lost BIGINT NOT NULL DEFAULT 0,
    -- 1: a process ended that was delivering it.
    ADD COLUMN cut_off      BIGINT NOT NULL DEFAULT 0,
    -- It does not leave earlier, whoever asks.
    ADD COLUMN not_before   BIGINT;

UPDATE invitation SET
    mailbox = lower(envelope_to COLLATE "C"),
    answers_lost = CASE WHEN last_answer LIKE '%before it answered whether it took the message%' THEN 1 ELSE 0 END,
    cut_off = CASE WHEN last_answer LIKE 'delivering it was cut off%' THEN 1 ELSE 0 END;

ALTER TABLE invitation ALTER COLUMN mailbox SET NOT NULL;

-- Its name was PostgreSQL's choice.
DO $$
DECLARE old TEXT;
BEGIN
    FOR old IN SELECT conname FROM pg_constraint WHERE conrelid = 'invitation'::regclass AND contype = 'u' LOOP
        EXECUTE format('ALTER TABLE invitation DROP CONSTRAINT %I', old);
    END LOOP;
END $$;

CREATE INDEX invitation_meeting ON invitation (meeting_id, id);

-- One message at most waits for a mailbox. Until now there could be more; the newest stands for those before.
UPDATE invitation SET superseded = 1,
    last_answer = CASE state WHEN 'queued' THEN 'a newer message stands for it' ELSE last_answer END,
    state = CASE state WHEN 'queued' THEN 'superseded' ELSE state END
WHERE id IN (SELECT id FROM (SELECT id, max(id) OVER (PARTITION BY meeting_id, mailbox) AS newest
                             FROM invitation WHERE state IN ('queued', 'sending')) AS waiting
             WHERE id < newest);

CREATE UNIQUE INDEX invitation_waits ON invitation (meeting_id, mailbox, tenure, occurrence)
    WHERE superseded = 0 AND state IN ('queued', 'sending');
