-- The SMTP servers of users who have one of their own, sealed with the organization's key.
CREATE TABLE smtp_account (
    user_id TEXT COLLATE "C" PRIMARY KEY,
    sealed  BYTEA NOT NULL
);

-- The user over whose account an invitation leaves; without one, over the organization's.
ALTER TABLE invitation ADD COLUMN account TEXT COLLATE "C";

CREATE INDEX invitation_account ON invitation (meeting_id, account) WHERE account IS NOT NULL;

-- When the next turn to send over a server is free, in microseconds since 1970-01-01T00:00:00Z.
CREATE TABLE pace (
    server  TEXT COLLATE "C" PRIMARY KEY,
    next_at BIGINT NOT NULL
);
