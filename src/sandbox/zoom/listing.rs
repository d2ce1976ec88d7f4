//! The list of a host's meetings, in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::meeting::wire_time;
use super::{MeetingRecord, MeetingState, ZoomUser, ZoomWorld};

pub(super) fn list(world: &ZoomWorld, host: &ZoomUser, call: &Call) -> Result<Answer, Refusal> {
    let now = world.now();
    let page = Page::of(call, now)?;
    let day = |name: &str| call.query(name).and_then(|day| day.parse::<NaiveDate>().ok());
    let (from, to) = (day("from"), day("to"));
    let kind = call.query("type").unwrap_or_else(|| "scheduled".to_owned());
    let mut found: Vec<&MeetingRecord> = world
        .meetings
        .iter()
        .filter(|meeting| meeting.host_id == host.id && meeting.is_alive(now))
        .filter(|meeting| {
            let is_over = meeting.end_time().is_some_and(|end| end <= now);
            match kind.as_str() {
                "live" => meeting.state == MeetingState::Started,
                "upcoming" | "upcoming_meetings" => meeting.kind != 1 && !is_over,
                "previous_meetings" => is_over || meeting.state == MeetingState::Ended,
                _ => meeting.kind != 1,
            }
        })
        .filter(|meeting| {
            let day = meeting.start_time.unwrap_or(meeting.created_at).date_naive();
            from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
        })
        .collect();
    found.sort_by_key(|meeting| (meeting.start_time, meeting.id));
    let total = found.len();
    let shown: Vec<Value> = found
        .into_iter()
        .skip(page.first)
        .take(page.size)
        .map(MeetingRecord::to_list_json)
        .collect();
    let next = page.first + page.size;
    let object = json!({
        "page_count": total.div_ceil(page.size),
        "page_number": page.first / page.size + 1,
        "page_size": page.size,
        "total_records": total,
        "next_page_token": if next < total { page_token(next, now) } else { String::new() },
        "meetings": shown,
    });
    Ok(Answer::json(200, &object))
}

/// The requested page of a list.
struct Page {
    first: usize,
    size: usize,
}

impl Page {
    fn of(call: &Call, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let number = |name: &str| call.query(name).and_then(|n| n.parse::<usize>().ok());
        let size = number("page_size").unwrap_or(30).clamp(1, 300);
        let first = match call.query("next_page_token").filter(|token| !token.is_empty()) {
            Some(token) => page_start(&token, now)
                .ok_or_else(|| Refusal::new(400, 300, "The next page token is invalid or expired."))?,
            None => number("page_number")
                .unwrap_or(1)
                .saturating_sub(1)
                .saturating_mul(size),
        };
        Ok(Self { first, size })
    }
}

/// A token with the beginning of the next page, and with the end of its validity.
fn page_token(first: usize, now: DateTime<Utc>) -> String {
    let until = now + TimeDelta::minutes(15);
    URL_SAFE_NO_PAD.encode(format!("{first} {}", wire_time(until)))
}

fn page_start(token: &str, now: DateTime<Utc>) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (first, until) = text.split_once(' ')?;
    let until: DateTime<Utc> = until.parse().ok()?;
    (now <= until).then(|| first.parse().ok()).flatten()
}
