-- Writing many invitations takes less: `base_id` names a row of `message_base` without REFERENCES, for which SQLite would
-- copy aside every page before it is changed, as it would for an index on an expression; and of a Message-ID the index has
-- as much as tells most of them apart: the ten characters behind its bracket.
CREATE TABLE new_invitation (
    id               INTEGER PRIMARY KEY,
    meeting_id       TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    purpose          TEXT NOT NULL,
    resend           INTEGER NOT NULL,
    kind             TEXT NOT NULL,
    person_id        TEXT NOT NULL,
    language         TEXT NOT NULL,
    message_id       TEXT NOT NULL,
    message_key      TEXT NOT NULL,
    envelope_from    TEXT NOT NULL,
    envelope_to      TEXT NOT NULL,
    account          TEXT,
    base_id          INTEGER,
    message          BLOB NOT NULL,
    state            TEXT NOT NULL,
    attempts         INTEGER NOT NULL DEFAULT 0,
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
    notice_at        INTEGER,
    UNIQUE (meeting_id, revision, purpose, kind, person_id, resend)
) STRICT;

INSERT INTO new_invitation
    (id, meeting_id, revision, purpose, resend, kind, person_id, language, message_id, message_key, envelope_from, envelope_to,
     account, base_id, message, state, attempts, next_attempt_at, last_answer, lease_holder, lease_until, created_at,
     sent_at, notice, notice_status, notice_answer, notice_recipient, notice_by, notice_at)
SELECT id, meeting_id, revision, purpose, resend, kind, person_id, language, message_id, substr(message_id, 2, 10),
     envelope_from, envelope_to, account, base_id, message, state, attempts, next_attempt_at, last_answer, lease_holder,
     lease_until, created_at, sent_at, notice, notice_status, notice_answer, notice_recipient, notice_by, notice_at
FROM invitation;

DROP TABLE invitation;
ALTER TABLE new_invitation RENAME TO invitation;

CREATE INDEX invitation_unsent ON invitation (meeting_id, id) WHERE state <> 'sent';
CREATE INDEX invitation_next ON invitation (next_attempt_at) WHERE state = 'queued';
CREATE INDEX invitation_sending ON invitation (lease_holder, lease_until) WHERE state = 'sending';
CREATE INDEX invitation_account ON invitation (meeting_id, account) WHERE account IS NOT NULL;
CREATE INDEX invitation_message_key ON invitation (message_key);

-- Whether it is a message, from which others are stored as differences, or the form of messages. The column has another name
-- than before, so that a program that only knows messages fails to read it, and leaves the invitation to others.
ALTER TABLE message_base ADD COLUMN kind TEXT NOT NULL DEFAULT 'message';
ALTER TABLE message_base RENAME COLUMN message TO octets;
