-- Instants are milliseconds since 1970-01-01T00:00:00Z; days are ISO 8601 texts.

-- The built-in CRM.

CREATE TABLE role (
    id            TEXT PRIMARY KEY,
    zoom_meetings INTEGER NOT NULL,
    meeting_edit  TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    kind         TEXT NOT NULL CHECK (kind IN ('user', 'contact', 'lead')),
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT,
    time_zone    TEXT,
    language     TEXT,
    zoom_enabled INTEGER NOT NULL DEFAULT 0,
    zoom_id      TEXT,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE user_role (
    kind    TEXT NOT NULL DEFAULT 'user' CHECK (kind = 'user'),
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL REFERENCES role (id),
    PRIMARY KEY (user_id, role_id),
    FOREIGN KEY (kind, user_id) REFERENCES person (kind, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE meeting (
    id              TEXT PRIMARY KEY,
    uid             TEXT UNIQUE,
    name            TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('Planned', 'Held', 'NotHeld')),
    start_at        INTEGER,
    end_at          INTEGER,
    start_date      TEXT,
    end_date        TEXT,
    time_zone       TEXT NOT NULL,
    description     TEXT,
    location        TEXT,
    online_location TEXT,
    online_settings TEXT,
    join_url        TEXT,
    assigned_kind   TEXT NOT NULL DEFAULT 'user' CHECK (assigned_kind = 'user'),
    assigned_user   TEXT,
    FOREIGN KEY (assigned_kind, assigned_user) REFERENCES person (kind, id),
    CHECK ((start_at IS NOT NULL AND end_at > start_at AND start_date IS NULL AND end_date IS NULL)
        OR (start_at IS NULL AND end_at IS NULL AND start_date IS NOT NULL AND end_date >= start_date))
) STRICT;

CREATE TABLE attendee (
    meeting_id TEXT NOT NULL REFERENCES meeting (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('None', 'Accepted', 'Tentative', 'Declined')),
    PRIMARY KEY (meeting_id, kind, person_id),
    FOREIGN KEY (kind, person_id) REFERENCES person (kind, id)
) STRICT;

-- Our own state. Meetings may live in another CRM, so nothing here refers to the tables above.

CREATE TABLE online_link (
    meeting_id TEXT PRIMARY KEY,
    location   TEXT NOT NULL,
    online_id  TEXT NOT NULL,
    join_url   TEXT NOT NULL,
    passcode   TEXT,
    marker     TEXT NOT NULL,
    told       TEXT NOT NULL,
    unsure     INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    UNIQUE (location, online_id)
) STRICT;

CREATE TABLE push_lease (
    meeting_id TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    until      INTEGER NOT NULL
) STRICT;

CREATE TABLE push_intent (
    meeting_id TEXT PRIMARY KEY,
    marker     TEXT NOT NULL,
    location   TEXT NOT NULL,
    spec       TEXT NOT NULL,
    begun_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE orphan (
    id         INTEGER PRIMARY KEY,
    meeting_id TEXT NOT NULL,
    marker     TEXT NOT NULL,
    location   TEXT NOT NULL,
    spec       TEXT NOT NULL,
    begun_at   INTEGER NOT NULL
) STRICT;

-- Online meetings that a newer one has replaced and that are still to be deleted at the provider.
CREATE TABLE superseded (
    meeting_id TEXT NOT NULL,
    location   TEXT NOT NULL,
    online_id  TEXT NOT NULL,
    PRIMARY KEY (meeting_id, location, online_id)
) STRICT;

-- What invitees were told, one row for each revision that was sent.
CREATE TABLE issued (
    meeting_id TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    uid        TEXT NOT NULL,
    facts      TEXT NOT NULL,
    issued_at  INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, revision)
) STRICT;

CREATE TABLE invitation (
    id              INTEGER PRIMARY KEY,
    meeting_id      TEXT NOT NULL,
    revision        INTEGER NOT NULL,
    purpose         TEXT NOT NULL,
    resend          INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    person_id       TEXT NOT NULL,
    language        TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    envelope_from   TEXT NOT NULL,
    envelope_to     TEXT NOT NULL,
    message         BLOB NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    last_answer     TEXT,
    lease_holder    TEXT,
    lease_until     INTEGER,
    created_at      INTEGER NOT NULL,
    sent_at         INTEGER,
    UNIQUE (meeting_id, revision, purpose, kind, person_id, resend)
) STRICT;

CREATE INDEX invitation_due ON invitation (next_attempt_at) WHERE state IN ('queued', 'sending');

-- The newest answer of each attendee that came by mail.
CREATE TABLE answer (
    meeting_id TEXT NOT NULL,
    kind       TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    sequence   INTEGER NOT NULL,
    stamp      INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, kind, person_id)
) STRICT;

CREATE INDEX issued_uid ON issued (uid);

-- OAuth grants, each sealed with the organization's key. A row without a grant only carries the lease of
-- whoever is making the first one, or how the last requests went.
CREATE TABLE oauth_grant (
    provider        TEXT NOT NULL,
    mode            TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    sealed          BLOB,
    version         TEXT,
    lost_reason     TEXT,
    lost_at         INTEGER,
    lease_holder    TEXT,
    lease_until     INTEGER,
    last_success_at INTEGER,
    last_error_at   INTEGER,
    last_error      TEXT,
    PRIMARY KEY (provider, mode, client_id),
    CHECK ((sealed IS NULL) = (version IS NULL))
) STRICT;
