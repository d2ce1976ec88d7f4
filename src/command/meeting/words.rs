//! A meeting in documents, and its time as people read it.

use serde_json::{Value, json};

use crate::meeting::{Attendee, Meeting};

/// A meeting in JSON documents. The names are those of the import format.
pub(super) fn document(meeting: &Meeting, attendees: &[Attendee]) -> Value {
    let mut document = json!({
        "id": meeting.id(),
        "name": meeting.name(),
        "uid": meeting.uid(),
        "status": meeting.status,
        "online_location": meeting.online_location,
        "zoom_settings": meeting.online_settings,
        "all_day": meeting.when.is_all_day(),
        "time_zone": meeting.time_zone.name(),
        "description": meeting.description,
        "location": meeting.location,
        "assigned_user": meeting.assigned_user,
        "join_url": meeting.join_url,
        "attendees": attendees,
    });
    if let Some((start, end)) = meeting.when.instants() {
        document["start"] = json!(start);
        document["end"] = json!(end);
    }
    if let Some((first, last)) = meeting.when.days() {
        document["start_date"] = json!(first);
        document["end_date"] = json!(last);
    }
    document
}

/// When a meeting takes place, in its own zone: `Tue 1 Dec 2026, 10:00–10:45 Europe/Berlin`.
pub(in crate::command) fn when(meeting: &Meeting) -> String {
    const DAY: &str = "%a %-d %b %Y";
    if let Some((first, last)) = meeting.when.days() {
        return if first == last {
            format!("{}, all day", first.format(DAY))
        } else {
            format!("{} – {}", first.format(DAY), last.format(DAY))
        };
    }
    let zone = &meeting.time_zone;
    let (start, end) = meeting.when.span(zone);
    let (start, end) = (zone.local(start), zone.local(end));
    let day = start.format(DAY);
    let name = zone.name();
    if start.date_naive() == end.date_naive() {
        // A clock change in between shows in the offsets only.
        format!("{day}, {}–{} {name}", start.format("%H:%M"), end.format("%H:%M"))
    } else {
        format!(
            "{day}, {} – {} {name}",
            start.format("%H:%M"),
            end.format("%a %-d %b %Y, %H:%M")
        )
    }
}
