//! `{{x}}`, `{{{x}}}` and helpers that print.

use crate::template::Part;

use super::converter::Converter;
use super::expression::{Call, Expr, parse};
use super::notes::ImportSeverity::{Converted, NeedsAttention};
use super::placeholders::Shape;
use super::scopes::Missing;
use super::values::{Value, gives_value};
use super::writer::Trims;

/// A time and a zone with more octets than this between them do not belong together.
const NEAR: usize = 16;

/// EspoCRM's printing helpers that mails here have no counterpart for.
const PRINTING: &[(&str, &str)] = &[
    ("pagebreak", "there are pages in PDF files, not in mails"),
    (
        "imageTag",
        "images are kept in the CRM, where a mail's reader cannot see them",
    ),
    (
        "file",
        "files are kept in the CRM, where a mail's reader cannot see them",
    ),
    (
        "barcodeImage",
        "there are barcodes in EspoCRM's PDF files, not in its mails",
    ),
    ("googleMapsImage", "there are no maps in mails here"),
    ("checkboxTag", "there are no checkboxes in mails here"),
    ("currencySymbol", "there are no amounts of money in mails here"),
    ("log", "templates here cannot write into a log"),
];

impl Converter<'_> {
    pub(super) fn print(&mut self, inside: &str, is_raw: bool, trims: Trims) {
        let value = match parse(inside) {
            Ok(call) => self.printed(&call),
            Err(reason) => self.values().missing(Missing::new(reason)),
        };
        if value.is_missing {
            self.leave_to_do(trims);
            return;
        }
        if is_raw && self.part == Part::Html && matches!(value.shape, Shape::Text | Shape::Date) {
            let message = "EspoCRM prints this as HTML; here it is shown as it was typed";
            self.notes.add(Converted, message, None);
        }
        let code = match value.shape {
            Shape::Html { plain } if self.part == Part::Html && self.writer.is_in_html_tag() => {
                let message = format!("within an HTML tag the plain form is used, `{plain}`");
                self.notes.add(Converted, message, None);
                plain.to_owned()
            }
            Shape::List => format!("{} | join(sep=\", \")", value.operand()),
            _ => value.code,
        };
        self.writer.print(&code, trims);
        self.last_printed = Some(code);
    }

    fn printed(&mut self, call: &Call<'_>) -> Value {
        match call.name() {
            Some(name) if PRINTING.iter().any(|(known, _)| *known == name) => self.helper(name, call),
            Some(name) if !call.is_alone() => self.helper(name, call),
            _ if !call.is_alone() => self.values().call(call),
            _ => match &call.head {
                Expr::Path(path) if self.is_behind_its_time(path.parts.last().copied()) => {
                    let message = "the time before it names its zone already, so that here is how far it is from \
                                   Greenwich";
                    self.notes.add(Converted, message, None);
                    Value::atom("time_zone_offset", Shape::Text)
                }
                Expr::Path(path) => match self.values().found(path) {
                    Ok(found) if matches!(found.shape, Shape::Fields(_)) => self.values().missing(Missing {
                        message: format!("`{}` has fields, and cannot be printed as a whole", path.source),
                        hint: Some(format!("Its name is `{}.name`.", found.code)),
                    }),
                    Ok(found) => Value::atom(found.code, found.shape),
                    Err(value) => value,
                },
                _ => self
                    .values()
                    .missing(Missing::new("there is no placeholder of this name")),
            },
        }
    }

    /// Whether the tag is a time zone right behind a time that already prints its zone.
    fn is_behind_its_time(&self, name: Option<&str>) -> bool {
        let between = self.writer.pending();
        name == Some("timeZone")
            && matches!(
                self.last_printed.as_deref(),
                Some("date_start_full" | "date_end_full")
            )
            && between.len() <= NEAR
            && !between.contains(['<', '\n'])
    }

    fn helper(&mut self, name: &str, call: &Call<'_>) -> Value {
        if gives_value(name) {
            return self.values().call(call);
        }
        match (name, call.args.first()) {
            ("markdownText", Some(text)) => self.values().value(text),
            ("dateFormat", Some(date)) => {
                let value = self.values().value(date);
                if !value.is_missing {
                    self.notes.add(
                        NeedsAttention,
                        "dates have no patterns here: they are written as is usual in the reader's language",
                        Some(
                            "The forms that there are: `date_start`, `date_start_full`, `when_date`, `when_time`."
                                .to_owned(),
                        ),
                    );
                }
                value
            }
            ("numberFormat", Some(number)) => {
                let value = self.values().value(number);
                if !value.is_missing {
                    self.notes
                        .add(NeedsAttention, "numbers are printed as they are here", None);
                }
                value
            }
            _ => {
                let known = PRINTING.iter().find(|(known, _)| *known == name);
                let message = known.map_or_else(
                    || format!("there is no helper `{name}` here"),
                    |(_, reason)| format!("there is no helper `{name}` here: {reason}"),
                );
                self.values().missing(Missing::new(message))
            }
        }
    }
}
