-- Instants are milliseconds since 1970-01-01T00:00:00Z; days are ISO 8601 texts. Ids compare byte by byte, whatever
-- the language of the database.

-- The built-in CRM.

CREATE TABLE role (
    id            TEXT COLLATE "C" PRIMARY KEY,
    zoom_meetings BOOLEAN NOT NULL,
    meeting_edit  TEXT NOT NULL
);

CREATE TABLE person (
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('user', 'contact', 'lead')),
    id           TEXT COLLATE "C" NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT,
    time_zone    TEXT,
    language     TEXT,
    zoom_enabled BOOLEAN NOT NULL DEFAULT false,
    zoom_id      TEXT,
    PRIMARY KEY (kind, id)
);

CREATE TABLE user_role (
    kind    TEXT COLLATE "C" NOT NULL DEFAULT 'user' CHECK (kind = 'user'),
    user_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL REFERENCES role (id),
    PRIMARY KEY (user_id, role_id),
    FOREIGN KEY (kind, user_id) REFERENCES person (kind, id) ON DELETE CASCADE
);

CREATE TABLE meeting (
    id              TEXT COLLATE "C" PRIMARY KEY,
    uid             TEXT COLLATE "C" UNIQUE,
    name            TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('Planned', 'Held', 'NotHeld')),
    start_at        BIGINT,
    end_at          BIGINT,
    start_date      TEXT COLLATE "C",
    end_date        TEXT COLLATE "C",
    time_zone       TEXT NOT NULL,
    description     TEXT,
    location        TEXT,
    online_location TEXT,
    online_settings TEXT,
    join_url        TEXT,
    assigned_kind   TEXT COLLATE "C" NOT NULL DEFAULT 'user' CHECK (assigned_kind = 'user'),
    assigned_user   TEXT COLLATE "C",
    FOREIGN KEY (assigned_kind, assigned_user) REFERENCES person (kind, id),
    CHECK ((start_at IS NOT NULL AND end_at > start_at AND start_date IS NULL AND end_date IS NULL)
        OR (start_at IS NULL AND end_at IS NULL AND start_date IS NOT NULL AND end_date >= start_date))
);

CREATE TABLE attendee (
    meeting_id TEXT COLLATE "C" NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    person_id  TEXT COLLATE "C" NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('None', 'Accepted', 'Tentative', 'Declined')),
    PRIMARY KEY (meeting_id, kind, person_id),
    FOREIGN KEY (kind, person_id) REFERENCES person (kind, id)
);

-- Our own state. Meetings may live in another CRM, so nothing here refers to the tables above.

CREATE TABLE online_link (
    meeting_id TEXT COLLATE "C" PRIMARY KEY,
    location   TEXT COLLATE "C" NOT NULL,
    online_id  TEXT COLLATE "C" NOT NULL,
    join_url   TEXT NOT NULL,
    passcode   TEXT,
    marker     TEXT NOT NULL,
    told       TEXT NOT NULL,
    unsure     BOOLEAN NOT NULL,
    seen_at    BIGINT NOT NULL,
    UNIQUE (location, online_id)
);

CREATE TABLE push_lease (
    meeting_id TEXT COLLATE "C" PRIMARY KEY,
    holder     TEXT NOT NULL,
    until      BIGINT NOT NULL
);

CREATE TABLE push_intent (
    meeting_id TEXT COLLATE "C" PRIMARY KEY,
    marker     TEXT NOT NULL,
    location   TEXT NOT NULL,
    spec       TEXT NOT NULL,
    begun_at   BIGINT NOT NULL
);

CREATE TABLE orphan (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meeting_id TEXT COLLATE "C" NOT NULL,
    marker     TEXT NOT NULL,
    location   TEXT NOT NULL,
    spec       TEXT NOT NULL,
    begun_at   BIGINT NOT NULL
);

-- Online meetings that a newer one has replaced and that are still to be deleted at the provider.
CREATE TABLE superseded (
    meeting_id TEXT COLLATE "C" NOT NULL,
    location   TEXT COLLATE "C" NOT NULL,
    online_id  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (meeting_id, location, online_id)
);

-- What invitees were told, one row for each revision that was sent.
CREATE TABLE issued (
    meeting_id TEXT COLLATE "C" NOT NULL,
    revision   BIGINT NOT NULL,
    uid        TEXT COLLATE "C" NOT NULL,
    facts      TEXT NOT NULL,
    issued_at  BIGINT NOT NULL,
    PRIMARY KEY (meeting_id, revision)
);

CREATE INDEX issued_uid ON issued (uid);

-- A message that others of its meeting are stored as differences from.
CREATE TABLE message_base (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meeting_id TEXT COLLATE "C" NOT NULL,
    purpose    TEXT NOT NULL,
    language   TEXT NOT NULL,
    message    BYTEA NOT NULL
);

CREATE INDEX message_base_of ON message_base (meeting_id, purpose, language);

CREATE TABLE invitation (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meeting_id      TEXT COLLATE "C" NOT NULL,
    revision        BIGINT NOT NULL,
    purpose         TEXT NOT NULL,
    resend          BIGINT NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    person_id       TEXT COLLATE "C" NOT NULL,
    language        TEXT NOT NULL,
    message_id      TEXT COLLATE "C" NOT NULL,
    envelope_from   TEXT NOT NULL,
    envelope_to     TEXT NOT NULL,
    message         BYTEA NOT NULL,
    state           TEXT NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT NOT NULL,
    last_answer     TEXT,
    lease_holder    TEXT,
    lease_until     BIGINT,
    created_at      BIGINT NOT NULL,
    sent_at         BIGINT,
    base_id         BIGINT REFERENCES message_base (id),
    UNIQUE (meeting_id, revision, purpose, kind, person_id, resend)
);

CREATE INDEX invitation_queued ON invitation (meeting_id, id) WHERE state = 'queued';
CREATE INDEX invitation_next ON invitation (next_attempt_at) WHERE state = 'queued';
CREATE INDEX invitation_sending ON invitation (lease_holder, lease_until) WHERE state = 'sending';

-- The newest answer of each attendee that came by mail, and what it says.
CREATE TABLE answer (
    meeting_id TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    person_id  TEXT COLLATE "C" NOT NULL,
    sequence   BIGINT NOT NULL,
    stamp      BIGINT NOT NULL,
    status     TEXT,
    PRIMARY KEY (meeting_id, kind, person_id)
);

-- OAuth grants, each sealed with the organization's key. A row without a grant only carries the lease of
-- whoever is making the first one, or how the last requests went.
CREATE TABLE oauth_grant (
    provider        TEXT COLLATE "C" NOT NULL,
    mode            TEXT COLLATE "C" NOT NULL,
    client_id       TEXT COLLATE "C" NOT NULL,
    sealed          BYTEA,
    version         TEXT,
    lost_reason     TEXT,
    lost_at         BIGINT,
    lease_holder    TEXT,
    lease_until     BIGINT,
    last_success_at BIGINT,
    last_error_at   BIGINT,
    last_error      TEXT,
    PRIMARY KEY (provider, mode, client_id),
    CHECK ((sealed IS NULL) = (version IS NULL))
);
