-- What became of an invitation after the mail server had taken it, as the notification says that counts.
ALTER TABLE invitation
    ADD COLUMN notice           TEXT,
    ADD COLUMN notice_status    TEXT,
    ADD COLUMN notice_answer    TEXT,
    ADD COLUMN notice_recipient TEXT,
    ADD COLUMN notice_by        TEXT,
    ADD COLUMN notice_at        BIGINT;

CREATE INDEX invitation_message_id ON invitation (message_id);
