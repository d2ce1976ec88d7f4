//! Durations in the form that people write: `60s`, `3d`, `1h30m`.

use std::time::Duration;

/// Reads a duration: numbers with the units `d`, `h`, `m` and `s`, the largest first.
///
/// # Errors
/// The reason why the text is wrong, as the end of a sentence.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
    let refuse =
        || format!("{text:?} is not a length of time; write numbers with d, h, m or s, such as \"1h30m\"");
    let mut rest = text.trim();
    let mut units = UNITS.iter();
    let mut seconds: u64 = 0;
    if rest.is_empty() {
        return Err(refuse());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(refuse)?;
        let (number, after) = rest.split_at(digits);
        let number: u64 = number.parse().map_err(|_| refuse())?;
        let unit = after.chars().next().ok_or_else(refuse)?;
        // The iterator goes on behind the last unit, so that each unit comes at most once and in order.
        let (_, length) = units.find(|(name, _)| *name == unit).ok_or_else(refuse)?;
        seconds = number
            .checked_mul(*length)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(refuse)?;
        rest = &after[unit.len_utf8()..];
    }
    Ok(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("60s", 60),
            ("3d", 259_200),
            ("1h30m", 5_400),
            ("1d2h3m4s", 93_784),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for bad in [
            "",
            " ",
            "60",
            "s",
            "1x",
            "-1s",
            "1.5h",
            "30m1h",
            "1h1h",
            "1h 30m",
            "99999999999999999999s",
            "9999999999999999999d",
            "1ü",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            parse("60").unwrap_err(),
            "\"60\" is not a length of time; write numbers with d, h, m or s, such as \"1h30m\""
        );
    }
}
