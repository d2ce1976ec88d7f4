//! A mail server in a process of its own, and the mails that it took.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarProperty,
};
use calcard::{Entry, Parser};
use mail_parser::{Message, MessageParser, MimeHeaders as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desk::wait_for;

pub(crate) const USERNAME: &str = "meetings";
pub(crate) const PASSWORD: &str = "e2e-smtp-password-0815";

/// A running mail server.
#[derive(Debug)]
pub(crate) struct MailServer {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl MailServer {
    /// One that wants [`USERNAME`] and [`PASSWORD`].
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py");
        let spawned = Command::new("python3")
            .arg(&script)
            .arg(folder.path())
            .args(["--login", USERNAME, PASSWORD])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => panic!(
                "these tests need python3 on the PATH: the mail server {} cannot be started ({error})",
                script.display()
            ),
        };
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let Ok(port) = line.trim().parse() else {
            panic!("the mail server {} says {line:?} for its port", script.display())
        };
        Self { child, folder, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Says what shall go wrong from now on; see the server's own description.
    pub(crate) fn control(&self, control: &Value) {
        let path = self.folder.path().join("control.json");
        let draft = path.with_extension("new");
        std::fs::write(&draft, control.to_string()).unwrap();
        std::fs::rename(draft, path).unwrap();
    }

    /// Nothing goes wrong any more, and nothing is held.
    pub(crate) fn behave(&self) {
        self.control(&json!({}));
    }

    /// What happened, as `event` or `event address`.
    pub(crate) fn events(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("events.jsonl")).unwrap_or_default();
        // The last line may be half written.
        text.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .map(|event| match event["address"].as_str() {
                Some(address) => format!("{} {address}", event["event"].as_str().unwrap()),
                None => event["event"].as_str().unwrap().to_owned(),
            })
            .collect()
    }

    /// When each mail began to arrive, by a clock that only goes forward.
    pub(crate) fn arrivals(&self) -> Vec<Duration> {
        let text = std::fs::read_to_string(self.folder.path().join("events.jsonl")).unwrap_or_default();
        let mut arrivals: Vec<Duration> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|event| event["event"] == "mail")
            .map(|event| Duration::from_secs_f64(event["at"].as_f64().unwrap()))
            .collect();
        arrivals.sort();
        arrivals
    }

    pub(crate) fn wait_for(&self, event: &str) {
        wait_for(&format!("the mail server's {event:?}"), || {
            self.events().iter().any(|e| e == event)
        });
    }

    /// The mails that were taken, in their order.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let bad: Vec<_> = self.events();
        let bad: Vec<_> = bad.iter().filter(|event| event.starts_with("bad")).collect();
        assert!(bad.is_empty(), "the mail server did not like {bad:?}");
        self.files().iter().map(|file| Mail::read(file)).collect()
    }

    /// The files of the mails that were taken, in their order.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files
    }

    /// What a server that was started with `--tally` took: recipients and Message-IDs, in their order.
    pub(crate) fn tally(&self) -> Vec<(String, String)> {
        let bad = self.events();
        assert!(bad.is_empty(), "the mail server did not like {bad:?}");
        let text = std::fs::read_to_string(self.folder.path().join("tally")).unwrap();
        let line = |line: &str| {
            let (to, id) = line.split_once('\t').unwrap();
            (to.to_owned(), id.to_owned())
        };
        text.lines().map(line).collect()
    }

    /// The addresses of the mails that were taken, sorted.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let mut all: Vec<_> = self.mails().iter().map(Mail::to).collect();
        all.sort();
        all
    }

    /// The one mail that was taken for an address.
    pub(crate) fn mail_to(&self, address: &str) -> Mail {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to() == address);
        assert_eq!(mails.len(), 1, "{address}: {mails:?}");
        mails.remove(0)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A mail as it was taken.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) envelope: Value,
    message: Message<'static>,
}

impl Mail {
    fn read(file: &Path) -> Self {
        let raw = std::fs::read(file).unwrap();
        let envelope = std::fs::read_to_string(file.with_extension("json")).unwrap();
        Self {
            envelope: serde_json::from_str(&envelope).unwrap(),
            ..Self::parse(&raw)
        }
    }

    pub(crate) fn parse(raw: &[u8]) -> Self {
        Self {
            envelope: Value::Null,
            message: MessageParser::default().parse(raw).unwrap().into_owned(),
        }
    }

    /// Its bytes.
    pub(crate) fn raw(&self) -> &[u8] {
        self.message.raw_message()
    }

    /// The address of the envelope.
    pub(crate) fn to(&self) -> String {
        let to = self.envelope["to"].as_array().unwrap();
        assert_eq!(to.len(), 1, "one recipient a message: {to:?}");
        to[0].as_str().unwrap().to_owned()
    }

    /// Name and address of the To header.
    pub(crate) fn to_header(&self) -> (String, String) {
        let address = self.message.to().unwrap().first().unwrap();
        (
            address.name().unwrap_or_default().to_owned(),
            address.address().unwrap().to_owned(),
        )
    }

    pub(crate) fn subject(&self) -> String {
        plain_spaces(self.message.subject().unwrap())
    }

    /// The Message-ID, with its angle brackets.
    pub(crate) fn message_id(&self) -> String {
        format!("<{}>", self.message.message_id().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.message.header_raw(name).map(|value| value.trim().to_owned())
    }

    pub(crate) fn text(&self) -> String {
        plain_spaces(&self.message.body_text(0).unwrap())
    }

    pub(crate) fn html(&self) -> String {
        plain_spaces(&self.message.body_html(0).unwrap())
    }

    /// The calendar object. It stands in the mail twice, to the letter.
    pub(crate) fn calendar(&self) -> CalendarObject {
        let parts: Vec<_> = self
            .message
            .parts
            .iter()
            .filter_map(|part| {
                let kind = part.content_type()?;
                let kind = format!("{}/{}", kind.c_type, kind.c_subtype.as_deref()?);
                let is_calendar = kind == "text/calendar" || kind == "application/ics";
                is_calendar.then(|| (kind, String::from_utf8(part.contents().to_vec()).unwrap()))
            })
            .collect();
        let kinds: Vec<_> = parts.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["text/calendar", "application/ics"]);
        assert_eq!(parts[0].1, parts[1].1);
        let method = self
            .message
            .parts
            .iter()
            .filter_map(|part| part.content_type()?.attribute("method"))
            .next();
        let object = CalendarObject(parts[0].1.clone());
        assert_eq!(method, object.line("METHOD").as_deref());
        object
    }
}

/// Line breaks as they are, but every kind of space as one that a test can write.
fn plain_spaces(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ")
        .replace("\r\n", "\n")
}

/// A calendar object with one event.
#[derive(Debug)]
pub(crate) struct CalendarObject(pub(crate) String);

impl CalendarObject {
    /// The rest of the line that begins with a property, parameters included: `DTSTART:20270328T003000Z` is
    /// `20270328T003000Z`.
    pub(crate) fn line(&self, name: &str) -> Option<String> {
        assert!(self.0.ends_with("\r\n"), "{}", self.0);
        let unfolded = self.0.replace("\r\n ", "");
        let mut lines = unfolded.split("\r\n").filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            rest.strip_prefix([':', ';']).map(str::to_owned)
        });
        let line = lines.next();
        assert!(lines.next().is_none(), "{name} stands twice in {}", self.0);
        line
    }

    fn with_event<T>(&self, read: impl FnOnce(&ICalendarComponent) -> T) -> T {
        let mut parser = Parser::new(&self.0);
        let entry = parser.entry();
        let Entry::ICalendar(calendar) = entry else {
            panic!("{entry:?}: {}", self.0)
        };
        assert_eq!(parser.entry(), Entry::Eof, "{}", self.0);
        let calendar: ICalendar = calendar;
        let mut events = calendar
            .components
            .iter()
            .filter(|component| component.component_type == ICalendarComponentType::VEvent);
        let event = events.next().unwrap();
        assert!(events.next().is_none());
        read(event)
    }

    /// A text property, unescaped.
    pub(crate) fn text(&self, property: &ICalendarProperty) -> Option<String> {
        self.with_event(|event| {
            let entry = event.property(property)?;
            entry.values[0].as_text().map(str::to_owned)
        })
    }

    /// The PARTSTAT of every ATTENDEE, by address.
    pub(crate) fn participations(&self) -> BTreeMap<String, String> {
        let unfolded = self.0.replace("\r\n ", "");
        let lines = unfolded
            .split("\r\n")
            .filter_map(|line| line.strip_prefix("ATTENDEE"));
        let participation = |line: &str| {
            let (parameters, address) = line.rsplit_once(":mailto:").unwrap();
            let found = parameters
                .split(';')
                .find_map(|parameter| parameter.strip_prefix("PARTSTAT="));
            (address.to_owned(), found.unwrap_or("NEEDS-ACTION").to_owned())
        };
        lines.map(participation).collect()
    }

    /// Name and address of every ATTENDEE.
    pub(crate) fn attendees(&self) -> Vec<(String, String)> {
        self.with_event(|event| {
            let attendees = event.properties(&ICalendarProperty::Attendee);
            attendees
                .map(|entry| {
                    let name = entry
                        .parameter(&ICalendarParameterName::Cn)
                        .and_then(|value| value.as_text())
                        .unwrap_or_default();
                    (name.to_owned(), entry.calendar_address().unwrap().to_owned())
                })
                .collect()
        })
    }
}
