-- Attendees are read in their order, page by page: without this, each page would sort all of them.

CREATE INDEX attendee_by_position ON attendee (meeting_id, position);
