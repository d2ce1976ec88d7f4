//! Forms and own parts as older versions stored them: with one hole, for the reader's name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Form, FormCalendar, Own};
use crate::calendar::Method;
use crate::mail::slot::{Slot, SlotValue, SlotValues};

/// A form with one hole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormWithOneHole {
    from: String,
    subject: String,
    fields: String,
    text: String,
    html: String,
    images: Vec<String>,
    calendar: Option<CalendarInTwo>,
    hole: Option<String>,
}

#[derive(Debug, Deserialize)]
struct CalendarInTwo {
    method: Method,
    head: String,
    tail: String,
}

impl From<FormWithOneHole> for Form {
    fn from(older: FormWithOneHole) -> Self {
        let hole = older.hole.filter(|hole| !hole.is_empty());
        Self {
            from: older.from,
            subject: older.subject,
            fields: older.fields,
            text: older.text,
            html: older.html,
            images: older.images,
            calendar: older.calendar.map(|calendar| FormCalendar {
                method: calendar.method,
                pieces: vec![calendar.head, calendar.tail],
            }),
            marks: hole.map(|hole| (Slot::INVITEE_NAME, hole)).into_iter().collect(),
        }
    }
}

/// A message's own values, from this version or an older one: their fields have different names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnyOwn {
    name: Option<String>,
    #[serde(default)]
    slots: SlotValues,
    references: Option<String>,
    /// Older: the value of the hole, if it is not `name`.
    fill: Option<String>,
    /// Older: the calendar object's lines between head and tail.
    #[serde(default)]
    lines: String,
}

impl From<AnyOwn> for Own {
    fn from(any: AnyOwn) -> Self {
        let lines = Some(any.lines).filter(|lines| !lines.is_empty());
        let older = [(Slot::INVITEE_NAME, any.fill), (Slot::ATTENDEE, lines)];
        let older = older
            .into_iter()
            .filter_map(|(slot, value)| Some((slot, SlotValue::Same(value?))));
        let mut slots: BTreeMap<_, _> = older.collect();
        slots.extend(any.slots);
        Self {
            name: any.name,
            slots,
            references: any.references,
        }
    }
}
