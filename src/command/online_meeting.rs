//! How commands tell of an online meeting.

use super::terminal::GOOD;
use crate::pipeline::{OnlineAction, OnlineReport};

/// The line about the online meeting, and the link.
pub(super) fn line(report: &OnlineReport, dry_run: bool) -> String {
    let provider = report.provider_name.as_deref().unwrap_or_default();
    let id = report.meeting_id.as_deref();
    let id = id.filter(|id| report.shows_id && !id.is_empty()).map(grouped);
    let id = id.map(|id| format!(" {id}")).unwrap_or_default();
    let mut text = match (report.action, dry_run) {
        (OnlineAction::Created, false) => format!("{provider} meeting{id} {GOOD}created{GOOD:#}\n"),
        (OnlineAction::Created, true) => format!("a {provider} meeting would be created\n"),
        (OnlineAction::Updated, false) => format!("{provider} meeting{id} {GOOD}updated{GOOD:#}\n"),
        (OnlineAction::Updated, true) => format!("{provider} meeting{id} would be updated\n"),
        (OnlineAction::Unchanged, _) => format!("{provider} meeting{id} in sync\n"),
        (OnlineAction::Deleted, _) => format!("{provider} meeting{id} {GOOD}deleted{GOOD:#}\n"),
        (OnlineAction::Skipped, _) => String::new(),
    };
    let is_placeholder = dry_run && report.action == OnlineAction::Created;
    if let Some(url) = report.join_url.as_ref().filter(|_| !is_placeholder) {
        text.push_str(&format!("{url}\n"));
    }
    text
}

/// A Zoom meeting id as Zoom writes it for people: `835 1537 9148`.
fn grouped(id: &str) -> String {
    if !id.is_ascii() || !(9..=11).contains(&id.len()) {
        return id.to_owned();
    }
    let (first, rest) = id.split_at(3);
    let (second, third) = rest.split_at(rest.len() - 4);
    format!("{first} {second} {third}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meeting_ids_read_as_zoom_writes_them() {
        assert_eq!(grouped("83515379148"), "835 1537 9148");
        assert_eq!(grouped("123456789"), "123 45 6789");
        assert_eq!(grouped("x"), "x");
    }
}
