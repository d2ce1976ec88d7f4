//! Times in the form in which people and files write them.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{LocalTimeError, Zone};

/// A written time: an instant, or a local time without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenTime {
    /// `2026-12-01T09:00:00Z` or `2026-12-01T10:00:00+01:00` (RFC 3339).
    Instant(DateTime<Utc>),
    /// `2026-12-01T10:00:00`.
    Local(NaiveDateTime),
}

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a time; write 2026-12-01T09:00:00Z, or 2026-12-01T10:00:00 for the meeting's time zone"
)]
pub struct InvalidTime(pub String);

impl FromStr for WrittenTime {
    type Err = InvalidTime;
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        const LOCAL: &str = "0000-00-00T00:00:00";
        let (whole, rest) = text.split_at_checked(LOCAL.len()).unwrap_or((text, ""));
        let fraction = rest.strip_prefix('.').map_or(0, |digits| {
            1 + digits.bytes().take_while(u8::is_ascii_digit).count()
        });
        let offset = &rest[fraction..];
        let well_formed = has_shape(whole, LOCAL) && fraction != 1;
        let parsed = match offset {
            "" if well_formed => text.parse::<NaiveDateTime>().ok().map(Self::Local),
            _ if well_formed
                && ["Z", "+00:00", "-00:00"]
                    .iter()
                    .any(|form| has_shape(offset, form)) =>
            {
                let parsed = DateTime::parse_from_rfc3339(text).ok();
                parsed.map(|time| Self::Instant(time.to_utc()))
            }
            _ => None,
        };
        parsed.ok_or_else(|| InvalidTime(text.to_owned()))
    }
}

impl WrittenTime {
    /// The instant. A local time is a time in the given zone.
    ///
    /// # Errors
    /// [`LocalTimeError`] when a clock change skips or repeats the local time.
    pub fn resolve(self, zone: &Zone) -> Result<DateTime<Utc>, LocalTimeError> {
        match self {
            Self::Instant(instant) => Ok(instant),
            Self::Local(local) => zone.resolve(local),
        }
    }
}

/// Why a text is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day; write it as 2026-12-03")]
pub struct InvalidDay(pub String);

/// Reads a day, written `2026-12-03`.
///
/// # Errors
/// [`InvalidDay`] if the text has another form, or there is no such day.
pub fn written_day(text: &str) -> Result<NaiveDate, InvalidDay> {
    let day = has_shape(text, "0000-00-00").then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| InvalidDay(text.to_owned()))
}

/// Whether a text has the form of a pattern. In the pattern, `0` stands for any digit.
fn has_shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(given, wanted)| match wanted {
                b'0' => given.is_ascii_digit(),
                other => given == other,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_instants_and_local_times_and_nothing_else() {
        let instant = WrittenTime::Instant("2026-12-01T09:00:00Z".parse().unwrap());
        for text in [
            "2026-12-01T09:00:00Z",
            "2026-12-01T10:00:00+01:00",
            "2026-12-01T09:00:00.000Z",
        ] {
            assert_eq!(text.parse(), Ok(instant), "{text}");
        }
        let local: WrittenTime = "2026-12-01T10:00:00".parse().unwrap();
        let berlin = Zone::new("Europe/Berlin").unwrap();
        assert_eq!(WrittenTime::Instant(local.resolve(&berlin).unwrap()), instant);
        for bad in [
            "",
            "2026-12-01",
            "2026-12-01T10:00",
            "tomorrow",
            "2026-13-01T10:00:00",
            "2026-12-01T10:00:00.",
            "2026-12-01T10:00:00+1",
        ] {
            assert!(bad.parse::<WrittenTime>().is_err(), "{bad}");
        }
        assert!(written_day("2026-02-30").is_err() && written_day("26-2-3").is_err());
    }
}
