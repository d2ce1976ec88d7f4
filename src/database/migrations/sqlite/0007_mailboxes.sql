-- Calendars live behind mailboxes, so that what was sent is found by mailbox: the address in lower-case ASCII. A tenure is
-- the time of one organizer, and so of one UID. An occurrence is one of a recurring meeting; '' is all of them.

CREATE TABLE new_issued (
    meeting_id TEXT NOT NULL,
    occurrence TEXT NOT NULL DEFAULT '',
    tenure     INTEGER NOT NULL DEFAULT 0,
    revision   INTEGER NOT NULL,
    uid        TEXT NOT NULL,
    facts      TEXT NOT NULL,
    -- The organizer as JSON, what attendees had answered as JSON, and a digest of what the calendar objects say.
    organizer  TEXT,
    answers    TEXT,
    content    INTEGER,
    issued_at  INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, occurrence, tenure, revision)
) STRICT;

INSERT INTO new_issued (meeting_id, revision, uid, facts, issued_at)
SELECT meeting_id, revision, uid, facts, issued_at FROM issued;

DROP TABLE issued;
ALTER TABLE new_issued RENAME TO issued;
CREATE INDEX issued_uid ON issued (uid);

CREATE TABLE new_answer (
    meeting_id TEXT NOT NULL,
    occurrence TEXT NOT NULL DEFAULT '',
    kind       TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    tenure     INTEGER NOT NULL DEFAULT 0,
    sequence   INTEGER NOT NULL,
    stamp      INTEGER NOT NULL,
    status     TEXT,
    PRIMARY KEY (meeting_id, occurrence, kind, person_id)
) STRICT;

INSERT INTO new_answer (meeting_id, kind, person_id, sequence, stamp, status)
SELECT meeting_id, kind, person_id, sequence, stamp, status FROM answer;

DROP TABLE answer;
ALTER TABLE new_answer RENAME TO answer;

CREATE TABLE new_invitation (
    id               INTEGER PRIMARY KEY,
    meeting_id       TEXT NOT NULL,
    occurrence       TEXT NOT NULL DEFAULT '',
    tenure           INTEGER NOT NULL DEFAULT 0,
    revision         INTEGER NOT NULL,
    purpose          TEXT NOT NULL,
    resend           INTEGER NOT NULL,
    kind             TEXT NOT NULL,
    person_id        TEXT NOT NULL,
    mailbox          TEXT NOT NULL,
    language         TEXT NOT NULL,
    message_id       TEXT NOT NULL,
    message_key      TEXT NOT NULL,
    envelope_from    TEXT NOT NULL,
    envelope_to      TEXT NOT NULL,
    account          TEXT,
    -- The digest of what the calendar object says, where that is not the revision's.
    content          INTEGER,
    base_id          INTEGER,
    message          BLOB NOT NULL,
    state            TEXT NOT NULL,
    -- 1: a newer message was put in its place.
    superseded       INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    -- How often the connection broke after the final dot and before the answer.
    answers_lost     INTEGER NOT NULL DEFAULT 0,
    -- 1: a process ended that was delivering it.
    cut_off          INTEGER NOT NULL DEFAULT 0,
    -- It does not leave earlier, whoever asks.
    not_before       INTEGER,
    -- When it is tried next.
    next_attempt_at  INTEGER NOT NULL,
    last_answer      TEXT,
    lease_holder     TEXT,
    lease_until      INTEGER,
    created_at       INTEGER NOT NULL,
    sent_at          INTEGER,
    notice           TEXT,
    notice_status    TEXT,
    notice_answer    TEXT,
    notice_recipient TEXT,
    notice_by        TEXT,
    notice_at        INTEGER
) STRICT;

INSERT INTO new_invitation
    (id, meeting_id, revision, purpose, resend, kind, person_id, mailbox, language, message_id, message_key, envelope_from,
     envelope_to, account, base_id, message, state, attempts, answers_lost, cut_off, next_attempt_at, last_answer,
     lease_holder, lease_until, created_at, sent_at, notice, notice_status, notice_answer, notice_recipient, notice_by,
     notice_at)
SELECT id, meeting_id, revision, purpose, resend, kind, person_id, lower(envelope_to), language, message_id, message_key,
     envelope_from, envelope_to, account, base_id, message, state, attempts,
     coalesce(last_answer LIKE '%before it answered whether it took the message%', 0),
     coalesce(last_answer LIKE 'delivering it was cut off%', 0), next_attempt_at, last_answer, lease_holder, lease_until,
     created_at, sent_at, notice, notice_status, notice_answer, notice_recipient, notice_by, notice_at
FROM invitation;

DROP TABLE invitation;
ALTER TABLE new_invitation RENAME TO invitation;

CREATE INDEX invitation_meeting ON invitation (meeting_id);
CREATE INDEX invitation_unsent ON invitation (meeting_id, id) WHERE state <> 'sent';
CREATE INDEX invitation_next ON invitation (next_attempt_at) WHERE state = 'queued';
CREATE INDEX invitation_sending ON invitation (lease_holder, lease_until) WHERE state = 'sending';
CREATE INDEX invitation_account ON invitation (meeting_id, account) WHERE account IS NOT NULL;
CREATE INDEX invitation_message_key ON invitation (message_key);

-- One message at most waits for a mailbox. Until now there could be more; the newest stands for those before.
CREATE INDEX invitation_twice ON invitation (meeting_id, mailbox, id) WHERE state IN ('queued', 'sending');
UPDATE invitation SET superseded = 1,
    last_answer = CASE state WHEN 'queued' THEN 'a newer message stands for it' ELSE last_answer END,
    state = CASE state WHEN 'queued' THEN 'superseded' ELSE state END
WHERE state IN ('queued', 'sending')
  AND EXISTS (SELECT 1 FROM invitation AS newer
              WHERE newer.meeting_id = invitation.meeting_id AND newer.mailbox = invitation.mailbox
                AND newer.state IN ('queued', 'sending') AND newer.id > invitation.id);
DROP INDEX invitation_twice;

CREATE UNIQUE INDEX invitation_waits ON invitation (meeting_id, mailbox, tenure, occurrence)
    WHERE superseded = 0 AND state IN ('queued', 'sending');
