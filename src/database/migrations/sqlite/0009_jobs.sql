-- Due work. Of one kind, a key is there once: while its job waits or runs, and afterwards until forget_at.

CREATE TABLE job (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    key             TEXT NOT NULL,
    subject         TEXT NOT NULL,
    -- waiting, running, done, failed
    state           TEXT NOT NULL,
    -- When it is to run, and when it is tried next.
    due_at          INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_error      TEXT,
    -- How long after its end the key stays taken, in milliseconds, and until when.
    remember        INTEGER NOT NULL,
    forget_at       INTEGER,
    lease_holder    TEXT,
    lease_until     INTEGER,
    created_at      INTEGER NOT NULL,
    UNIQUE (kind, key)
) STRICT;

CREATE INDEX job_next ON job (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX job_running ON job (id) WHERE state = 'running';
CREATE INDEX job_over ON job (forget_at) WHERE forget_at IS NOT NULL;

-- What waits for a mailbox and asks nothing of its calendar, such as a reminder, stands in the way of no invitation.
DROP INDEX invitation_waits;
CREATE UNIQUE INDEX invitation_waits ON invitation (meeting_id, mailbox, tenure, occurrence)
    WHERE superseded = 0 AND state IN ('queued', 'sending') AND purpose IN ('invitation', 'update', 'cancellation');
