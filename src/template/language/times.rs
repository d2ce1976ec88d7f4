//! The time of a meeting in the words of a language, on the clock of a zone.

use crate::meeting::{When, Zone};

use super::dates::{DateFormats, Moment, ZoneNaming};
use super::labels::LabelError;
use super::phrases::Phrases;

/// The time of a meeting, in words. Each field is documented at the variable of the same name.
#[derive(Debug)]
pub(in crate::template) struct Times {
    pub(in crate::template) when: String,
    pub(in crate::template) date: String,
    pub(in crate::template) time: Option<String>,
    pub(in crate::template) start: String,
    pub(in crate::template) end: String,
    pub(in crate::template) start_full: String,
    pub(in crate::template) end_full: String,
    pub(in crate::template) duration: String,
    pub(in crate::template) zone: String,
    pub(in crate::template) offset: String,
}

impl Times {
    /// Writes the times for the clock of a zone.
    pub(in crate::template) fn new(
        when: &When,
        zone: &Zone,
        dates: &DateFormats,
        phrases: &Phrases,
    ) -> Result<Self, LabelError> {
        let (start, end) = when.span(zone);
        let naming = ZoneNaming::between(zone, start, end);
        let (from, to) = (Moment::new(start, zone), Moment::new(end, zone));
        let (zone_name, offset) = (dates.zone(&from, naming), dates.offset(&from));
        if let Some((first, last)) = when.days() {
            let (start_full, end_full) = (dates.day_long(first), dates.day_long(last));
            let range = if first == last {
                start_full.clone()
            } else {
                phrases.range(&start_full, &end_full)?
            };
            return Ok(Self {
                when: range.clone(),
                date: range,
                time: None,
                start: dates.day_short(first),
                end: dates.day_short(last),
                start_full,
                end_full,
                duration: phrases.days((last - first).num_days() + 1)?,
                zone: zone_name,
                offset,
            });
        }
        let (start_full, end_full) = (
            dates.moment_with_zone(&from, naming),
            dates.moment_with_zone(&to, naming),
        );
        let (when, date, time) = if from.offset() != to.offset() {
            (
                phrases.range(&start_full, &end_full)?,
                phrases.range(&start_full, &end_full)?,
                None,
            )
        } else if from.day() == to.day() {
            let time = dates.times(&from, &to);
            let range = dates.range_of_day(&from, &to);
            (
                format!("{range} ({zone_name})"),
                dates.day_long(from.day()),
                Some(time),
            )
        } else {
            let range = phrases.range(&dates.moment_long(&from), &dates.moment_long(&to))?;
            (format!("{range} ({zone_name})"), range, None)
        };
        Ok(Self {
            when,
            date,
            time,
            start: dates.moment_short(&from),
            end: dates.moment_short(&to),
            start_full,
            end_full,
            duration: phrases.duration(end - start)?,
            zone: zone_name,
            offset,
        })
    }
}
