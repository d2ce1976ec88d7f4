-- What became of an invitation after the mail server had taken it, as the notification says that counts.
ALTER TABLE invitation ADD COLUMN notice TEXT;
ALTER TABLE invitation ADD COLUMN notice_status TEXT;
ALTER TABLE invitation ADD COLUMN notice_answer TEXT;
ALTER TABLE invitation ADD COLUMN notice_recipient TEXT;
ALTER TABLE invitation ADD COLUMN notice_by TEXT;
ALTER TABLE invitation ADD COLUMN notice_at INTEGER;

CREATE INDEX invitation_message_id ON invitation (message_id);
