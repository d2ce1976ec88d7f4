//! The filters of templates: our own, and limited versions of Tera's filters that can print without end.

use chrono::{DateTime, NaiveDate, Utc};
use icu_list::ListFormatter;
use icu_list::options::ListFormatterOptions;
use tera::{Kwargs, State, Tera, TeraResult, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::meeting::Zone;

use super::description;
use super::state::current;
use crate::template::language::dates::Moment;
use crate::template::language::labels::LabelError;
use crate::template::limits::MAX_TEXT;

pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("date", date);
    tera.register_filter("duration", duration);
    tera.register_filter("list", list);
    tera.register_filter("initials", initials);
    tera.register_filter("plain", plain);
    tera.register_filter("replace", replace);
    tera.register_filter("join", join);
    tera.register_filter("indent", indent);
}

fn wrong(reason: impl Into<String>) -> tera::Error {
    tera::Error::message(reason.into())
}

fn bounded(text: String) -> TeraResult<String> {
    if text.len() > MAX_TEXT {
        Err(wrong(format!(
            "the text becomes longer than {} KiB",
            MAX_TEXT / 1024
        )))
    } else {
        Ok(text)
    }
}

/// `{{ meeting.start | date(format="EEEE, d MMMM", zone="Asia/Tokyo") }}`, or `style="short"` and `"long"`.
fn date(written: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let state = current()?;
    let zone = match kwargs.get::<&str>("zone")? {
        Some(name) => Zone::new(name).map_err(|error| wrong(error.to_string()))?,
        None => state.zone.clone(),
    };
    let dates = &state.locale.dates;
    let pattern = kwargs.get::<&str>("format")?;
    let style = kwargs.get::<&str>("style")?.unwrap_or("long");
    let is_short = match style {
        "short" => true,
        "long" => false,
        _ => {
            return Err(wrong(format!(
                "there is no style `{style}` of dates; there are `long` and `short`"
            )));
        }
    };
    if let Ok(day) = written.parse::<NaiveDate>() {
        return match pattern {
            Some(pattern) => dates.pattern_of_day(pattern, day).map_err(wrong),
            None if is_short => Ok(dates.day_short(day)),
            None => Ok(dates.day_long(day)),
        };
    }
    let instant: DateTime<Utc> = written.parse().map_err(|_| {
        wrong(format!(
            "{written:?} is no date; use one such as `meeting.start`, which is written 2026-12-01T09:00:00Z"
        ))
    })?;
    let moment = Moment::new(instant, &zone);
    match pattern {
        Some(pattern) => dates.pattern_of_moment(pattern, &moment).map_err(wrong),
        None if is_short => Ok(dates.moment_short(&moment)),
        None => Ok(dates.moment_long(&moment)),
    }
}

/// `{{ meeting.duration_minutes | duration }}`: 1 hour 30 minutes.
fn duration(minutes: i64, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let minutes =
        chrono::TimeDelta::try_minutes(minutes).ok_or_else(|| wrong("so many minutes are no duration"))?;
    current()?.locale.phrases.duration(minutes).map_err(|error| {
        let (LabelError::Unknown { key, .. } | LabelError::Unfinished { key, .. }) = error;
        wrong(format!("the label `{key}` cannot be written"))
    })
}

/// `{{ participants | list }}`: Ana, Ben, and Mika. `kind="or"`: Ana, Ben, or Mika.
fn list(items: Vec<Value>, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let preferences = current()?.locale.language.locale().into();
    let options = ListFormatterOptions::default();
    let formatter = match kwargs.get::<&str>("kind")?.unwrap_or("and") {
        "and" => ListFormatter::try_new_and(preferences, options),
        "or" => ListFormatter::try_new_or(preferences, options),
        "plain" => ListFormatter::try_new_unit(preferences, options),
        other => {
            return Err(wrong(format!(
                "there is no kind `{other}` of lists; there are `and`, `or`, `plain`"
            )));
        }
    };
    let formatter =
        formatter.map_err(|error| wrong(format!("lists of this language cannot be written: {error}")))?;
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    if items.iter().map(String::len).sum::<usize>() > MAX_TEXT {
        return bounded(items.concat());
    }
    bounded(formatter.format(items.iter()).to_string())
}

/// `{{ organizer_name | initials }}`: AN for Ana Núñez, HL for "Lee, Harper".
fn initials(name: &str, _: Kwargs, _: &State<'_>) -> String {
    let words: Vec<&str> = match name.split_once(',') {
        Some((family, given)) => given
            .split_whitespace()
            .chain(family.split_whitespace())
            .collect(),
        None => name.split_whitespace().collect(),
    };
    let first = |word: &&str| {
        let letter = word
            .graphemes(true)
            .find(|letter| letter.chars().any(char::is_alphanumeric));
        letter.map(str::to_uppercase)
    };
    let letters: Vec<String> = words.iter().filter_map(first).collect();
    match letters.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first, .., last] => format!("{first}{last}"),
    }
}

/// `{{ description | plain }}`: HTML as plain text.
fn plain(html: &str, _: Kwargs, _: &State<'_>) -> TeraResult<String> {
    if html.len() > MAX_TEXT {
        return bounded(html.to_owned());
    }
    Ok(description::sanitize_description(html).text)
}

fn replace(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let (from, to) = (kwargs.must_get::<&str>("from")?, kwargs.must_get::<&str>("to")?);
    let times = if from.is_empty() {
        text.chars().count() + 1
    } else {
        text.matches(from).count()
    };
    if times.saturating_mul(to.len()).saturating_add(text.len()) > MAX_TEXT {
        return Err(wrong(format!(
            "the text becomes longer than {} KiB",
            MAX_TEXT / 1024
        )));
    }
    Ok(text.replace(from, to))
}

fn join(items: Vec<Value>, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let separator = kwargs.get::<&str>("sep")?.unwrap_or("");
    let mut text = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push_str(separator);
        }
        text.push_str(&item.to_string());
        if text.len() > MAX_TEXT {
            break;
        }
    }
    bounded(text)
}

fn indent(text: &str, kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let width = kwargs.get::<usize>("width")?.unwrap_or(4);
    let first = kwargs.get::<bool>("first")?.unwrap_or(false);
    let blank = kwargs.get::<bool>("blank")?.unwrap_or(false);
    let lines = text.lines().count();
    if width.saturating_mul(lines).saturating_add(text.len()) > MAX_TEXT {
        return Err(wrong(format!(
            "the text becomes longer than {} KiB",
            MAX_TEXT / 1024
        )));
    }
    let space = " ".repeat(width);
    let mut indented = String::new();
    for (place, line) in text.lines().enumerate() {
        if place > 0 {
            indented.push('\n');
        }
        if (place > 0 || first) && (blank || !line.is_empty()) {
            indented.push_str(&space);
        }
        indented.push_str(line);
    }
    if text.ends_with('\n') {
        indented.push('\n');
    }
    Ok(indented)
}

#[cfg(test)]
mod tests {
    use crate::template::render::engine::engine;

    fn render(template: &str) -> Result<String, tera::Error> {
        let mut context = tera::Context::new();
        context.insert("text", "a\n\nb");
        context.insert("names", &["Ana", "Ben", "Mika"]);
        engine().render_str(template, &context, false)
    }

    #[test]
    fn bounded_filters_do_what_the_original_ones_do() {
        let original = |template: &str| {
            let mut context = tera::Context::new();
            context.insert("text", "a\n\nb");
            context.insert("names", &["Ana", "Ben", "Mika"]);
            tera::Tera::new().render_str(template, &context, false)
        };
        for template in [
            "{{ text | replace(from=\"a\", to=\"bb\") }}",
            "{{ text | replace(from=\"\", to=\"-\") }}",
            "{{ names | join }}",
            "{{ names | join(sep=\", \") }}",
            "{{ text | indent }}",
            "{{ text | indent(width=2, first=true) }}",
            "{{ text | indent(width=2, blank=true) }}",
            "{{ \"x\\n\" | indent(width=2) }}",
        ] {
            assert_eq!(
                render(template).unwrap(),
                original(template).unwrap(),
                "{template}"
            );
        }
    }

    #[test]
    fn what_would_print_without_end_is_refused() {
        for template in [
            "{{ text | indent(width=1000000000, first=true) }}",
            "{% set s = \"x\" | indent(width=250000, first=true) %}{{ s | replace(from=\"\", to=s) }}",
            "{% set s = \"x\" | indent(width=100000, first=true) %}{{ names | join(sep=s) | join(sep=s) | replace(from=\" \", to=s) }}",
        ] {
            assert!(render(template).is_err(), "{template}");
        }
    }

    #[test]
    fn initials_are_first_and_last() {
        for (name, letters) in [
            ("Ana Núñez", "AN"),
            ("Lee, Harper", "HL"),
            ("Mika", "M"),
            ("jean-luc de la Tour", "JT"),
            ("(Ben) \"B\" Okoro", "BO"),
            ("王小明", "王"),
            ("", ""),
            ("…", ""),
        ] {
            let written = render(&format!("{{{{ {name:?} | initials }}}}")).unwrap();
            assert_eq!(written, letters, "{name}");
        }
    }
}
