//! The functions of templates. `docs/templates.md` shows each with an example, and a test renders them all.

use fluent_bundle::{FluentArgs, FluentValue};
use tera::{Kwargs, State, Tera, TeraResult, Value, escape_html};

use crate::meeting::Language;

use super::calendar_links::Service;
use super::qr;
use super::state::{PartFormat, RenderState, current};
use crate::template::error::nearest;
use crate::template::language::labels::LabelError;
use crate::template::limits::{MAX_IMAGES, MAX_RANGE};

pub(super) fn register(tera: &mut Tera) {
    tera.register_function("label", label);
    tera.register_function("range", range);
    tera.register_function("join_button", join_button);
    tera.register_function("add_to_calendar_links", add_to_calendar_links);
    tera.register_function("qr_code", qr_code);
}

fn label(kwargs: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let key = kwargs.must_get::<&str>("key")?;
    let phrases = &current()?.locale.phrases;
    let mut args = FluentArgs::new();
    for (name, value) in kwargs.iter() {
        let Some(name) = name.as_str().filter(|name| !matches!(*name, "key" | "lang")) else {
            continue;
        };
        let value = match (value.as_i64(), value.as_f64()) {
            (Some(whole), _) => FluentValue::from(whole),
            (None, Some(number)) => FluentValue::from(number),
            (None, None) => FluentValue::from(value.to_string()),
        };
        args.set(name.to_owned(), value);
    }
    let written = match kwargs.get::<&str>("lang")? {
        None => phrases.label(key, Some(&args)),
        Some(tag) => {
            let language = Language::new(tag).map_err(tera::Error::message)?;
            phrases.label_in(&language, key, Some(&args))
        }
    };
    written.map_err(|error| {
        tera::Error::message(match error {
            LabelError::Unknown { nearest, .. } => format!(
                "there is no label `{key}`{}",
                nearest
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default()
            ),
            LabelError::Unfinished { reason, .. } => format!("the label `{key}` cannot be written: {reason}"),
        })
    })
}

fn range(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or_default();
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1);
    if step == 0 {
        return Err(tera::Error::message("`range` cannot go in steps of 0"));
    }
    let mut numbers = Vec::new();
    let mut next = Some(start);
    while let Some(number) = next.filter(|n| if step > 0 { *n < end } else { *n > end }) {
        if numbers.len() as i64 == MAX_RANGE {
            return Err(tera::Error::message(format!(
                "`range` gives at most {MAX_RANGE} numbers"
            )));
        }
        numbers.push(number);
        next = number.checked_add(step);
    }
    Ok(numbers)
}

/// The address for a link. `None`: the variable is absent.
fn address(kwargs: &Kwargs) -> TeraResult<Option<String>> {
    let Some(value) = kwargs.get::<Value>("url")?.filter(|value| !value.is_none()) else {
        return if kwargs.iter().any(|(name, _)| name.as_str() == Some("url")) {
            Ok(None)
        } else {
            Err(tera::Error::message(
                "`url` is missing: which link, as in `url=join_url`?",
            ))
        };
    };
    let text = value.as_str().unwrap_or_default();
    if text.starts_with("https://") {
        Ok(Some(text.to_owned()))
    } else {
        Err(tera::Error::message(format!(
            "the link {text:?} does not begin with https://"
        )))
    }
}

fn text_or_label(kwargs: &Kwargs, state: &RenderState, key: &str) -> TeraResult<String> {
    match kwargs.get::<&str>("text")? {
        Some(text) => Ok(text.to_owned()),
        None => state.locale.phrases.label(key, None).map_err(|error| {
            tera::Error::message(match error {
                LabelError::Unknown { key, .. } => format!("there is no label `{key}`"),
                LabelError::Unfinished { key, reason } => {
                    format!("the label `{key}` cannot be written: {reason}")
                }
            })
        }),
    }
}

/// Text as Tera escapes it in HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = Vec::with_capacity(text.len());
    // Writing into memory does not fail.
    let _ = escape_html(text, &mut escaped);
    String::from_utf8(escaped).unwrap_or_default()
}

/// A button that shows without images and without style sheets. In text parts: the words and the link.
fn join_button(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let Some(url) = address(&kwargs)? else {
        return Ok(Value::normal_string(""));
    };
    let state = current()?;
    let text = text_or_label(&kwargs, &state, "join")?;
    if state.format == PartFormat::Text {
        return Ok(Value::normal_string(&format!("{text}: {url}")));
    }
    let color = match kwargs.get::<&str>("color")? {
        Some(color) => color.parse().map_err(tera::Error::message)?,
        None => state.color,
    };
    let (url, text, on) = (escaped(&url), escaped(&text), color.text_color());
    Ok(Value::safe_string(&format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
         <td align=\"center\" bgcolor=\"{color}\" style=\"background-color:{color};border-radius:8px;\">\
         <a href=\"{url}\" target=\"_blank\" rel=\"noopener\" style=\"display:inline-block;padding:14px 28px;\
         border:1px solid {color};border-radius:8px;font-size:17px;line-height:22px;font-weight:600;color:{on};\
         text-decoration:none;\">{text}</a></td></tr></table>"
    )))
}

/// Links that add the meeting to a calendar on the web.
fn add_to_calendar_links(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let state = current()?;
    let services = match kwargs.get::<Vec<String>>("services")? {
        None => Service::ALL.to_vec(),
        Some(keys) => keys
            .iter()
            .map(|key| service(key))
            .collect::<TeraResult<Vec<_>>>()?,
    };
    let intro = text_or_label(&kwargs, &state, "add-to-calendar")?;
    let links = services
        .iter()
        .map(|service| (service.name(), service.link(&state.entry)));
    Ok(match state.format {
        PartFormat::Text => {
            let lines: Vec<String> = links.map(|(name, url)| format!("{name}: {url}")).collect();
            Value::normal_string(&format!("{intro}\n{}", lines.join("\n")))
        }
        PartFormat::Html => {
            let links: Vec<String> = links
                .map(|(name, url)| {
                    let url = escaped(&url);
                    format!("<a class=\"link\" href=\"{url}\" target=\"_blank\" rel=\"noopener\">{name}</a>")
                })
                .collect();
            Value::safe_string(&format!("{} {}", escaped(&intro), links.join(" · ")))
        }
    })
}

fn service(key: &str) -> TeraResult<Service> {
    let found = Service::ALL.into_iter().find(|service| service.key() == key);
    found.ok_or_else(|| {
        let near =
            nearest(key, Service::ALL.map(Service::key)).map(|near| format!("; did you mean `{near}`?"));
        let known = Service::ALL.map(Service::key).join(", ");
        tera::Error::message(format!(
            "there is no calendar `{key}` (known: {known}){}",
            near.unwrap_or_default()
        ))
    })
}

/// The QR code of a link, as a picture within the mail. Text parts have none.
fn qr_code(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let Some(url) = address(&kwargs)? else {
        return Ok(Value::normal_string(""));
    };
    let state = current()?;
    if state.format == PartFormat::Text {
        return Ok(Value::normal_string(""));
    }
    let size = kwargs.get::<i64>("size")?.unwrap_or(160).clamp(40, 600);
    let alt = text_or_label(&kwargs, &state, "join-code-alt")?;
    let image = qr::qr_code(&url).map_err(tera::Error::message)?;
    let tag = format!(
        "<img src=\"cid:{}\" width=\"{size}\" height=\"{size}\" alt=\"{}\" style=\"display:block;border:0;\">",
        image.content_id,
        escaped(&alt)
    );
    let mut images = state.images.borrow_mut();
    if !images.contains(&image) {
        if images.len() == MAX_IMAGES {
            return Err(tera::Error::message(format!(
                "a mail has at most {MAX_IMAGES} codes"
            )));
        }
        images.push(image);
    }
    Ok(Value::safe_string(&tag))
}
