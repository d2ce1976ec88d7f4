-- Due work. Of one kind, a key is there once: while its job waits or runs, and afterwards until forget_at.

CREATE TABLE job (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    -- waiting, running, done, failed
    state           TEXT COLLATE "C" NOT NULL,
    -- When it is to run, and when it is tried next.
    due_at          BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    last_error      TEXT COLLATE "C",
    -- How long after its end the key stays taken, in milliseconds, and until when.
    remember        BIGINT NOT NULL,
    forget_at       BIGINT,
    lease_holder    TEXT COLLATE "C",
    lease_until     BIGINT,
    created_at      BIGINT NOT NULL,
    UNIQUE (kind, key)
);

CREATE INDEX job_next ON job (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX job_running ON job (id) WHERE state = 'running';
CREATE INDEX job_over ON job (forget_at) WHERE forget_at IS NOT NULL;

-- What waits for a mailbox and asks nothing of its calendar, such as a reminder, stands in the way of no invitation.
DROP INDEX invitation_waits;
CREATE UNIQUE INDEX invitation_waits ON invitation (meeting_id, mailbox, tenure, occurrence)
    WHERE superseded = 0 AND state IN ('queued', 'sending') AND purpose IN ('invitation', 'update', 'cancellation');
