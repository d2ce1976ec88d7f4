-- Which users may have meetings at a provider, and the provider's id of each where it is not the email address. It stood in
-- the built-in CRM's people, which another CRM does not fill; so there is no reference to `person`.
CREATE TABLE online_user (
    provider  TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    enabled   INTEGER NOT NULL,
    online_id TEXT,
    PRIMARY KEY (provider, user_id)
) STRICT;

INSERT INTO online_user (provider, user_id, enabled, online_id)
SELECT 'zoom', id, zoom_enabled, zoom_id FROM person WHERE kind = 'user';

ALTER TABLE person DROP COLUMN zoom_enabled;
ALTER TABLE person DROP COLUMN zoom_id;
