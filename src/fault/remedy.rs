//! Remedies as data: a sentence in which each thing to do is named, but not put into words.
//!
//! The library does not know its face. The command words [`Act::ConnectZoom`] as "run `invite zoom connect`", a page as
//! a button, an API as a member of its answer. [`Remedy`]'s `Display` is for callers without words of their own.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::meeting::{MeetingStatus, OnlineLocation, PersonId};

/// A remedy against a fault: words, with acts between them.
///
/// ```
/// use invite::fault::{Act, Remedy};
///
/// let remedy = Remedy::act(Act::ConnectZoom).and(", signed in as an administrator");
/// assert_eq!(remedy.to_string(), "connect to Zoom, signed in as an administrator");
/// let on_a_page = remedy.words(|act| match act {
///     Act::ConnectZoom => "press “Connect”".to_owned(),
///     other => other.to_string(),
/// });
/// assert_eq!(on_a_page, "press “Connect”, signed in as an administrator");
/// assert_eq!(remedy.acts().collect::<Vec<_>>(), [&Act::ConnectZoom]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(Cow<'static, str>),
    Act(Act),
}

impl Remedy {
    /// A remedy of words only. They are the same for every face.
    pub fn says(words: impl Into<Cow<'static, str>>) -> Self {
        Self {
            parts: vec![Part::Words(words.into())],
        }
    }

    /// A remedy that begins with an act.
    #[must_use]
    pub fn act(act: Act) -> Self {
        Self {
            parts: vec![Part::Act(act)],
        }
    }

    /// The same remedy with words at its end. The words must begin with the space or the comma.
    #[must_use]
    pub fn and(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.parts.push(Part::Words(words.into()));
        self
    }

    /// The same remedy with an act at its end.
    #[must_use]
    pub fn then(mut self, act: Act) -> Self {
        self.parts.push(Part::Act(act));
        self
    }

    /// The same remedy with another remedy at its end.
    #[must_use]
    pub fn followed_by(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// The acts, in the order of the sentence.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.parts.iter().filter_map(|part| match part {
            Part::Words(_) => None,
            Part::Act(act) => Some(act),
        })
    }

    /// The sentence, with the caller's words for each act.
    pub fn words(&self, say: impl Fn(&Act) -> String) -> String {
        let words = self.parts.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Act(act) => Cow::Owned(say(act)),
        });
        words.collect()
    }
}

/// The sentence, in words that fit every face.
impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Words(words) => f.write_str(words),
            Part::Act(act) => act.fmt(f),
        })
    }
}

impl From<&'static str> for Remedy {
    fn from(words: &'static str) -> Self {
        Self::says(words)
    }
}

impl From<String> for Remedy {
    fn from(words: String) -> Self {
        Self::says(words)
    }
}

/// The time at which a repeated request may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// Immediately.
    Now,
    /// After a few seconds.
    InAMoment,
    /// After 1 minute.
    InAMinute,
    /// After hours, or after something else has changed.
    Later,
    /// After this moment.
    After(DateTime<Utc>),
}

/// A sealed secret. If its key is lost, the secret can be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sealed {
    /// The grant of the connection to Zoom.
    ZoomGrant,
    /// The log-in of a user's mail account.
    SmtpAccount,
}

/// A setting, or a section of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The section of the configuration, such as `smtp`.
    pub section: &'static str,
    /// The key in it, such as `url`; `None`: the section as a whole.
    pub key: Option<&'static str>,
    /// The meaning of the setting, for people who configure in another way, such as `the address of the mail server`.
    pub means: &'static str,
}

impl Setting {
    /// The address of the database.
    pub const DATABASE: Self = Self::new("database", Some("url"), "the address of the database");
    /// The file with the password of the database.
    pub const DATABASE_PASSWORD: Self = Self::new(
        "database",
        Some("password_file"),
        "the file of the database's password",
    );
    /// The file with the key that seals tokens and passwords.
    pub const KEY_FILE: Self = Self::new("database", Some("key_file"), "the key file");
    /// The organization's mail server.
    pub const MAIL_SERVER: Self = Self::new("smtp", Some("url"), "the address of the mail server");
    /// The DKIM signature.
    pub const DKIM: Self = Self::new("smtp.dkim", None, "the DKIM signature");
    /// The Jitsi server.
    pub const JITSI: Self = Self::new("jitsi", Some("server"), "the address of the Jitsi server");
    /// The folder of templates.
    pub const TEMPLATES: Self = Self::new("templates", Some("dir"), "the templates");

    const fn new(section: &'static str, key: Option<&'static str>, means: &'static str) -> Self {
        Self { section, key, means }
    }
}

/// An action of a person, or of a program for that person. `Display` has words for every face; a face may have its own
/// words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// Repeat the request.
    Again(Moment),
    /// Send again. Waiting mails are delivered then.
    SendAgain,
    /// Read or change a setting. Its words are the setting's name, so that a sentence can be about it.
    Setting(Setting),

    /// List the meetings.
    ListMeetings,
    /// Show the meeting's attendees.
    ShowAttendees,
    /// List the users.
    ListUsers,
    /// Choose the user on whose behalf the command runs.
    ChooseActor,
    /// Set the meeting's status.
    SetStatus(MeetingStatus),
    /// Assign the meeting to a user.
    AssignUser,
    /// Give the meeting an online location.
    SetOnlineLocation,
    /// Tell the invited people that the meeting does not take place.
    SendCancellation,
    /// Allow mails about a meeting that is over.
    MailPastMeeting,
    /// Leave a person out of the recipients.
    LeaveOut,
    /// Write the calendar object with METHOD:PUBLISH, for the organizer's own calendar.
    PublishObject,
    /// Import records in the import format.
    Import,

    /// Configure a provider for an online location, or send without a push.
    ConfigureProvider {
        /// The location without a provider.
        location: OnlineLocation,
    },
    /// Configure a mail server and the address that mails come from.
    ConfigureMail,
    /// Check the log-in at the mail server, and the sender.
    CheckMailLogin,
    /// Check the OAuth client of the log-in at the mail server.
    CheckMailOAuth,
    /// Make a sealed secret again.
    MakeAnew(Sealed),
    /// Give an account for mail to a user who has none.
    GiveAccount {
        /// The user.
        user: PersonId,
    },
    /// Set up a user's account for mail again.
    RenewAccount {
        /// The user.
        user: PersonId,
    },
    /// Correct a user's account for mail.
    MendAccount {
        /// The user.
        user: PersonId,
    },
    /// Test a user's account for mail.
    TestAccount {
        /// The user.
        user: PersonId,
    },

    /// List the outbox.
    ListOutbox,
    /// Watch a message that is being delivered.
    FollowDelivery,
    /// Wait until a message has left, then repeat the request.
    AwaitDelivery,
    /// Find an invitation by the Message-ID that a mail names.
    FindByMessageId,
    /// Call off waiting mails.
    CallOff,
    /// Record an answer although another person has sent it.
    TrustSender,

    /// Connect to Zoom.
    ConnectZoom,
    /// Connect to Zoom again, after the grant was lost.
    ReconnectZoom,
    /// Connect to Zoom without a listener, by pasting the address of the browser.
    ConnectZoomByPasting,
    /// Enable a user for Zoom.
    EnableZoomUser {
        /// The user.
        user: PersonId,
    },
    /// Enable a user for Zoom, and give the user's Zoom ID.
    GiveZoomId {
        /// The user.
        user: PersonId,
    },
    /// Give the address with which a user signs in to Zoom.
    GiveZoomAddress,
    /// Compare the client id and client secret with those of the Zoom app.
    CompareZoomClient {
        /// The set of credentials: `production` or `development`.
        mode: &'static str,
    },
    /// Check the kind of authorization of the Zoom app.
    CheckZoomAuthorization,
    /// Change the default settings of Zoom meetings.
    ChangeZoomDefaults,

    /// Write a configuration.
    WriteConfiguration,
    /// Name the configuration file.
    NameConfiguration,
    /// Add a section to the configuration.
    AddSection {
        /// The section.
        section: &'static str,
    },
    /// Try the sandbox.
    UseSandbox,
    /// List the versions of a template.
    ListTemplateVersions,
    /// Take the newer built-in file in place of a copy that was not edited.
    TakeNewerTemplate {
        /// The file's path below the folder of templates.
        path: String,
    },
    /// Show the changes in the built-in file that a copy was made from.
    CompareTemplate {
        /// The file's path below the folder of templates.
        path: String,
    },
    /// Take over the changes in the built-in file that do not touch edited lines.
    MergeTemplate {
        /// The file's path below the folder of templates.
        path: String,
    },
    /// Make a draft with the changes of both sides.
    DraftTemplate {
        /// The file's path below the folder of templates.
        path: String,
    },
    /// Convert templates of EspoCRM.
    ConvertTemplates,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Again(Moment::Now) => "try again",
            Self::Again(Moment::InAMoment) => "try again in a moment",
            Self::Again(Moment::InAMinute) => "try again in a minute",
            Self::Again(Moment::Later) => "try again later",
            Self::Again(Moment::After(at)) => {
                return write!(f, "try again after {}", at.format("%Y-%m-%d %H:%M:%S UTC"));
            }
            Self::SendAgain => "the next send delivers them",
            Self::Setting(setting) => setting.means,
            Self::ListMeetings => "look at the list of meetings",
            Self::ShowAttendees => "look at the meeting's attendees",
            Self::ListUsers => "look at the list of users",
            Self::ChooseActor => "name a user of the CRM to act for, or act as the administrator",
            Self::SetStatus(status) => return write!(f, "set its status to {status}"),
            Self::AssignUser => "assign the meeting to a user",
            Self::SetOnlineLocation => "give it an online location",
            Self::SendCancellation => {
                "send the cancellation, which tells those who were invited that it does not take place"
            }
            Self::MailPastMeeting => "allow mails about meetings that are over",
            Self::LeaveOut => "leave the person out of the recipients",
            Self::PublishObject => "take the object with METHOD:PUBLISH",
            Self::Import => "the import",
            Self::ConfigureProvider { location } => {
                return write!(f, "configure {}, or send without a push", location.capitalized());
            }
            Self::ConfigureMail => "configure a mail server and the address that mails come from",
            Self::CheckMailLogin => "check the log-in, the server and the sender",
            Self::CheckMailOAuth => {
                "check the OAuth client, its secret and scope, and whether the refresh token is still good"
            }
            Self::MakeAnew(Sealed::ZoomGrant) => "connect to Zoom anew",
            Self::MakeAnew(Sealed::SmtpAccount) => "set the user's mail account anew",
            Self::GiveAccount { user } => return write!(f, "give the user {user} a mail account"),
            Self::RenewAccount { user } => return write!(f, "set the mail account of the user {user} anew"),
            Self::MendAccount { user } => {
                return write!(f, "put the mail account of the user {user} right");
            }
            Self::TestAccount { user } => {
                return write!(f, "see what the mail server of the user {user} says");
            }
            Self::ListOutbox => "look at the outbox",
            Self::FollowDelivery => "see in the outbox what becomes of it",
            Self::AwaitDelivery => "try again in a moment, when it has left the outbox",
            Self::FindByMessageId => "the Message-ID in it names the invitation in the outbox",
            Self::CallOff => "call the mails off",
            Self::TrustSender => "record it as an answer that is trusted",
            Self::ConnectZoom => "connect to Zoom",
            Self::ReconnectZoom => "connect to Zoom again",
            Self::ConnectZoomByPasting => "connect to Zoom by pasting the address that the browser shows",
            Self::EnableZoomUser { user } => return write!(f, "enable the user {user} for Zoom"),
            Self::GiveZoomId { user } => {
                return write!(f, "enable the user {user} for Zoom with the id of the Zoom user");
            }
            Self::GiveZoomAddress => "enable the person for Zoom with that address",
            Self::CompareZoomClient { mode } => {
                return write!(
                    f,
                    "compare the client id and secret with the app's {mode} credentials"
                );
            }
            Self::CheckZoomAuthorization => "check that the way to authorize and the redirect URI fit",
            Self::ChangeZoomDefaults => "the settings that Zoom meetings are made with",
            Self::WriteConfiguration => "write a configuration",
            Self::NameConfiguration => "name one",
            Self::AddSection { section } => return write!(f, "configure {section}"),
            Self::UseSandbox => "try it in the sandbox",
            Self::ListTemplateVersions => "look at the template's versions",
            Self::TakeNewerTemplate { path } => return write!(f, "take the newer {path}"),
            Self::CompareTemplate { path } => return write!(f, "compare {path} with the newer built-in one"),
            Self::MergeTemplate { .. } => "take its changes over",
            Self::DraftTemplate { .. } => "have a draft made to decide in",
            Self::ConvertTemplates => "the import of EspoCRM's templates converts them",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn a_face_words_the_acts_and_keeps_the_rest() {
        let remedy = Remedy::says("check ")
            .then(Act::Setting(Setting::MAIL_SERVER))
            .and(", then ")
            .then(Act::Again(Moment::Now));
        assert_eq!(
            remedy.to_string(),
            "check the address of the mail server, then try again"
        );
        let typed = remedy.words(|act| match act {
            Act::Setting(setting) => setting.section.to_owned(),
            _ => "press “Send”".to_owned(),
        });
        assert_eq!(typed, "check smtp, then press “Send”");
        assert_eq!(remedy.acts().count(), 2);
    }

    /// The command's words. The library must not contain them, because other faces have other words.
    const OF_THE_COMMAND: &[&str] = &[
        "`invite ",
        "<code>invite ",
        "terminal",
        "`--",
        " --",
        "`[",
        " [smtp]",
        " [smtp.",
        " [zoom]",
        " [zoom.",
        " [database]",
        "same command",
    ];
    /// Exceptions: strings of the library that are no remedies for people.
    const EXCEPT: &[(&str, &str)] = &[
        // The options of PostgreSQL's own program, which makes a database with every face.
        ("database/postgres.rs", " --"),
        // The configuration's messages are about its own file: one key excludes another.
        ("config/", "[smtp.oauth]"),
        ("config/error.rs", "needs the section ["),
        ("mail/smtp/transport.rs", "and `[smtp.oauth]` is set"),
    ];

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match path.is_dir() {
                // The faces, and tests.
                true if ["command", "desk", "tests"].contains(&name.as_str()) => {}
                true => sources(&path, into),
                false if ["hints.rs", "tests.rs", "main.rs"].contains(&name.as_str()) => {}
                false if path.extension().is_none_or(|extension| extension != "rs") => {}
                false => into.push(path),
            }
        }
    }

    #[test]
    fn the_library_says_no_word_of_the_command() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        sources(&src, &mut files);
        assert!(
            files.len() > 150,
            "only {} files of the library were found",
            files.len()
        );
        let mut found = Vec::new();
        for file in files {
            let name = file
                .strip_prefix(&src)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for (number, line) in code.lines().enumerate() {
                let line = line.trim_start();
                let is_text = !line.starts_with("//") && !line.starts_with("#[");
                let is_excepted = EXCEPT
                    .iter()
                    .any(|(place, words)| name.starts_with(place) && line.contains(words));
                if is_text && !is_excepted && OF_THE_COMMAND.iter().any(|words| line.contains(words)) {
                    found.push(format!("{name}:{}: {line}", number + 1));
                }
            }
        }
        assert_eq!(found, Vec::<String>::new());
    }
}
