//! The errors of the pipeline.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::options::Pick;
use crate::calendar::CalendarError;
use crate::crm::CrmError;
use crate::fault::{Act, BoxFault, Class, Fault, Moment, Remedy};
use crate::mail::{ComposeError, TransportError};
use crate::meeting::{EmailAddress, MeetingId, MeetingStatus, OnlineLocation, PersonId, PersonRef, Tenure};
use crate::online::OnlineError;
use crate::template::TemplateError;

fn meant(nearest: Option<&OnlineLocation>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest}?"))
}

/// The error that stopped a run of the pipeline. All work before it is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// There is no such meeting.
    #[error("there is no meeting {:?}", meeting.as_str())]
    NoMeeting {
        /// Its id.
        meeting: MeetingId,
    },
    /// There is no such acting user.
    #[error("there is no user {:?} to act for", user.as_str())]
    NoActor {
        /// The user's id.
        user: PersonId,
    },
    /// A pick matches no attendee.
    #[error("{pick} is not an attendee of the meeting {meeting:?}")]
    NotInvited {
        /// The meeting's name.
        meeting: String,
        /// The pick.
        pick: Pick,
    },
    /// The calendar object of an invitee was asked for, but the person is the organizer.
    #[error("{person} holds the meeting {meeting:?} and gets no invitation to it")]
    HoldsMeeting {
        /// The meeting's name.
        meeting: String,
        /// The organizer.
        person: String,
    },
    /// The meeting took place or was called off.
    #[error("the meeting {meeting:?} cannot be {doing}: its status is {status}")]
    WrongStatus {
        /// The meeting's name.
        meeting: String,
        /// Such as `sent`.
        doing: &'static str,
        /// The status.
        status: MeetingStatus,
    },
    /// The meeting is over.
    #[error("the meeting {meeting:?} is over: it ended at {}", ended_at.format("%Y-%m-%d %H:%M UTC"))]
    Over {
        /// The meeting's name.
        meeting: String,
        /// When it ended.
        ended_at: DateTime<Utc>,
    },
    /// The meeting has no assigned user.
    #[error("the meeting {meeting:?} has no assigned user to invite in the name of")]
    NoAssignedUser {
        /// The meeting's name.
        meeting: String,
    },
    /// The assigned user does not exist.
    #[error("the user {user} whom the meeting {meeting:?} is assigned to does not exist")]
    AssignedUserMissing {
        /// The meeting's name.
        meeting: String,
        /// The user.
        user: PersonRef,
    },
    /// There is nobody to invite.
    #[error("the meeting {meeting:?} has nobody to invite: {reason}")]
    NoRecipients {
        /// The meeting's name.
        meeting: String,
        /// The reason.
        reason: String,
    },
    /// The CRM hides an address that the mails need.
    #[error("the meeting {meeting:?} cannot be mailed: the CRM does not show the email address of {whose}")]
    AddressHidden {
        /// The meeting's name.
        meeting: String,
        /// The people with the address, such as `its attendees`.
        whose: String,
    },
    /// The user's roles do not allow it.
    #[error("{user} may not {doing}: {reason}")]
    NotPermitted {
        /// The user's name.
        user: String,
        /// The work, such as `push the meeting "Kick-off"`.
        doing: String,
        /// The missing permission.
        reason: String,
    },
    /// The meeting has no online location, or another than the one asked for.
    #[error("the meeting {meeting:?} has no online location")]
    NotOnline {
        /// The meeting's name.
        meeting: String,
    },
    /// No provider serves the meeting's online location.
    #[error("the meeting {meeting:?} takes place on {}, which is not configured{}", location.capitalized(), meant(nearest.as_ref()))]
    NoProvider {
        /// The meeting's name.
        meeting: String,
        /// The location.
        location: OnlineLocation,
        /// The configured location that may be meant.
        nearest: Option<OnlineLocation>,
    },
    /// Another run is pushing the same meeting, and does not end.
    #[error("the meeting {meeting:?} is being pushed by another run of invite (waited {} s)", waited.as_secs())]
    PushBusy {
        /// The meeting's name.
        meeting: String,
        /// The time that this run waited.
        waited: Duration,
    },
    /// Other runs sent the same meeting at the same moment, 5 times in a row.
    #[error("the meeting {:?} is being sent by another run of invite", meeting.as_str())]
    Overtaken {
        /// The meeting.
        meeting: MeetingId,
    },
    /// The outbox has a message of a tenure of which no revision is recorded.
    #[error("the outbox has messages of the meeting {:?}, tenure {tenure}, and no record of what they told", meeting.as_str())]
    Unrecorded {
        /// The meeting.
        meeting: MeetingId,
        /// The tenure of the messages.
        tenure: Tenure,
    },
    /// No meeting has this UID.
    #[error("no meeting was sent with the UID {uid:?}")]
    UnknownUid {
        /// The UID.
        uid: String,
    },
    /// The sender of an answer is not the attendee.
    #[error("the answer of {attendee} was sent by {}", sender.as_ref().map_or("nobody that is named", |sender| sender.as_str()))]
    Stranger {
        /// The sender of the mail.
        sender: Option<EmailAddress>,
        /// The attendee in the answer.
        attendee: EmailAddress,
    },
    /// The pipeline has no store of answers.
    #[error("this pipeline has no place where answers are remembered")]
    NoAnswers,
    /// A notification matches no invitation that has left.
    #[error("{}", unknown_message(message_ids))]
    UnknownMessage {
        /// The Message-IDs in the notification.
        message_ids: Vec<String>,
    },
    /// A notification is about an invitation that is being sent.
    #[error("the invitation to {to} is not recorded as sent yet")]
    StillSending {
        /// The recipient.
        to: EmailAddress,
    },
    /// The pipeline has no store of notifications.
    #[error("this pipeline has no place where notifications are remembered")]
    NoNotifications,
    /// The pipeline has no transport.
    #[error("no mail server is configured, so nothing can be sent")]
    NoTransport,
    /// The CRM.
    #[error(transparent)]
    Crm(#[from] CrmError),
    /// The provider of online meetings.
    #[error(transparent)]
    Online(#[from] OnlineError),
    /// The store of links, revisions or the outbox.
    #[error(transparent)]
    Store(#[from] BoxFault),
    /// A template.
    #[error("the invitation to {to} cannot be rendered, so nobody was sent one")]
    Template {
        /// The recipient.
        to: String,
        /// The error of the template.
        source: TemplateError,
    },
    /// The calendar object.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The message.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// A user's account, over which mails are to leave, cannot be read or used.
    #[error("the SMTP account of the user {:?} cannot be used", user.as_str())]
    Account {
        /// The user.
        user: PersonId,
        /// The reason.
        source: BoxFault,
    },
    /// Mails wait to leave over the account of a user who has no account any more.
    #[error("mails are to leave over the SMTP account of the user {:?}, who has none any more", user.as_str())]
    NoAccount {
        /// The user.
        user: PersonId,
    },
    /// A user's own mail server, as a whole.
    #[error("no mail leaves over the SMTP account of the user {:?}", user.as_str())]
    AccountTransport {
        /// The user.
        user: PersonId,
        /// The reason.
        source: TransportError,
    },
    /// The organization's mail server, as a whole.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

fn unknown_message(message_ids: &[String]) -> String {
    match message_ids.first() {
        Some(id) => format!("no invitation was sent with the Message-ID {id}"),
        None => "the notification does not say which mail it is about".to_owned(),
    }
}

impl Fault for PipelineError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NoMeeting { .. } => "meeting.not_found",
            Self::NoActor { .. } => "user.not_found",
            Self::NotInvited { .. } => "meeting.not_an_attendee",
            Self::HoldsMeeting { .. } => "meeting.holds_it",
            Self::WrongStatus { .. } => "meeting.wrong_status",
            Self::Over { .. } => "meeting.over",
            Self::NoAssignedUser { .. } => "meeting.no_assigned_user",
            Self::AssignedUserMissing { .. } => "meeting.assigned_user_missing",
            Self::NoRecipients { .. } => "meeting.no_recipients",
            Self::AddressHidden { .. } => "crm.address_hidden",
            Self::NotPermitted { .. } => "permission.denied",
            Self::NotOnline { .. } => "meeting.not_online",
            Self::NoProvider { .. } => "online.not_configured",
            Self::PushBusy { .. } => "online.busy",
            Self::Overtaken { .. } => "send.overtaken",
            Self::Unrecorded { .. } => "outbox.unrecorded",
            Self::UnknownUid { .. } => "reply.unknown_uid",
            Self::Stranger { .. } => "reply.stranger",
            Self::UnknownMessage { .. } => "reply.unknown_message",
            Self::StillSending { .. } => "reply.still_sending",
            Self::NoAnswers | Self::NoNotifications => "reply.not_configured",
            Self::NoTransport => "mail.not_configured",
            Self::Crm(error) => error.kind(),
            Self::Online(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Template { source, .. } => source.kind(),
            Self::Calendar(error) => error.kind(),
            Self::Compose(error) => error.kind(),
            Self::Account { source, .. } => source.kind(),
            Self::NoAccount { .. } => "smtp.no_account",
            Self::AccountTransport { source, .. } => source.kind(),
            Self::Transport(error) => error.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::NoMeeting { .. }
            | Self::NoActor { .. }
            | Self::NotInvited { .. }
            | Self::UnknownUid { .. }
            | Self::UnknownMessage { .. } => Class::NotFound,
            Self::WrongStatus { .. }
            | Self::Over { .. }
            | Self::HoldsMeeting { .. }
            | Self::NoAssignedUser { .. }
            | Self::AssignedUserMissing { .. }
            | Self::NoRecipients { .. }
            | Self::NotOnline { .. }
            | Self::Unrecorded { .. } => Class::BadData,
            Self::NotPermitted { .. } | Self::Stranger { .. } | Self::AddressHidden { .. } => {
                Class::NotPermitted
            }
            Self::NoProvider { .. }
            | Self::NoTransport
            | Self::NoAccount { .. }
            | Self::NoAnswers
            | Self::NoNotifications => Class::Configuration,
            Self::PushBusy { .. } | Self::Overtaken { .. } | Self::StillSending { .. } => Class::Temporary,
            Self::Crm(error) => error.class(),
            Self::Online(error) => error.class(),
            Self::Store(error) => error.class(),
            Self::Template { source, .. } => source.class(),
            Self::Calendar(error) => error.class(),
            Self::Compose(error) => error.class(),
            Self::Account { source, .. } => source.class(),
            Self::AccountTransport { source, .. } => source.class(),
            Self::Transport(error) => error.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::NoMeeting { .. } => Remedy::act(Act::ListMeetings),
            Self::NoActor { .. } => Remedy::act(Act::ChooseActor).and("; ").then(Act::ListUsers),
            Self::NotInvited { .. } => Remedy::act(Act::ShowAttendees),
            Self::WrongStatus {
                status: MeetingStatus::NotHeld,
                doing: "sent",
                ..
            } => Remedy::act(Act::SendCancellation),
            Self::WrongStatus {
                doing: "cancelled" | "taken offline",
                ..
            } => Remedy::says("only a meeting that is not held can be: ")
                .then(Act::SetStatus(MeetingStatus::NotHeld)),
            Self::WrongStatus { .. } => {
                Remedy::says("only a planned meeting can be: ").then(Act::SetStatus(MeetingStatus::Planned))
            }
            Self::HoldsMeeting { .. } => {
                Remedy::says("for the organizer's own calendar, ").then(Act::PublishObject)
            }
            Self::Over { .. } => Remedy::says("to mail it all the same, ").then(Act::MailPastMeeting),
            Self::NoAssignedUser { .. } | Self::AssignedUserMissing { .. } => Remedy::act(Act::AssignUser),
            Self::NoRecipients { .. } => "add attendees with email addresses to the meeting".into(),
            Self::AddressHidden { .. } => {
                "let the CRM's user for this program read email addresses of users, contacts and leads".into()
            }
            Self::NotPermitted { .. } => {
                "ask the administrator of the CRM for it, or run it as somebody who may".into()
            }
            Self::NotOnline { .. } => Remedy::act(Act::SetOnlineLocation),
            Self::NoProvider { location, .. } => Remedy::act(Act::ConfigureProvider { location: *location }),
            Self::PushBusy { .. } | Self::Overtaken { .. } => Remedy::act(Act::Again(Moment::InAMoment)),
            Self::Unrecorded { .. } => {
                "rows were removed from the database; put it back from a backup".into()
            }
            Self::UnknownUid { .. } => "it answers an invitation that was not sent from this database".into(),
            Self::Stranger { .. } => Remedy::says("if you know that it is genuine, ").then(Act::TrustSender),
            Self::UnknownMessage { .. } => "it is about a mail that was not sent from this database".into(),
            Self::StillSending { .. } => Remedy::act(Act::AwaitDelivery),
            Self::NoNotifications => "give the builder `.database(…)` or `.notifications(…)`".into(),
            Self::NoAnswers => "give the builder `.database(…)` or `.answers(…)`".into(),
            Self::NoTransport => Remedy::act(Act::ConfigureMail),
            Self::Crm(error) => return error.remedy(),
            Self::Online(error) => return error.remedy(),
            Self::Store(error) => return error.remedy(),
            Self::Template { source, .. } => return source.remedy(),
            Self::Calendar(error) => return error.remedy(),
            Self::Compose(error) => return error.remedy(),
            Self::Account { user, source } => {
                let anew = Remedy::act(Act::RenewAccount { user: user.clone() })
                    .and("; its mails wait in the outbox");
                match source.class() {
                    // The key may be another one.
                    Class::Configuration => {
                        Remedy::says("put back the key that it was stored with, or ").followed_by(anew)
                    }
                    _ => source.remedy().unwrap_or(anew),
                }
            }
            Self::NoAccount { user } => Remedy::act(Act::GiveAccount { user: user.clone() })
                .and(", or ")
                .then(Act::CallOff)
                .and("; then the next send invites from the organization's address"),
            Self::AccountTransport { user, .. } => Remedy::act(Act::TestAccount { user: user.clone() })
                .and(", and ")
                .then(Act::MendAccount { user: user.clone() })
                .and("; its mails wait in the outbox"),
            Self::Transport(error) => return error.remedy(),
        })
    }

    fn report_in(&self, say: &dyn Fn(&Act) -> String) -> Option<String> {
        match self {
            Self::Template { source, .. } => source.report_in(say),
            _ => None,
        }
    }

    fn retry_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Online(error) => error.retry_at(),
            Self::Crm(error) => error.retry_at(),
            Self::Store(error) => error.retry_at(),
            _ => None,
        }
    }
}

impl From<PipelineError> for BoxFault {
    fn from(error: PipelineError) -> Self {
        Self::new(error)
    }
}
