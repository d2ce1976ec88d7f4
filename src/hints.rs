//! The program's words for a remedy: the command to type, and the key of `invite.toml` to look at.
//!
//! The command prints them as the hint of an error; the desk shows them on its pages. Other faces have their own words
//! for an [`Act`].

use crate::fault::{Act, Fault, Moment, Sealed};

/// The hint of a fault, if it has one.
pub(crate) fn hint(fault: &dyn Fault) -> Option<String> {
    Some(fault.remedy()?.words(say))
}

/// The words for a person at a terminal.
pub(crate) fn say(act: &Act) -> String {
    match act {
        Act::Again(Moment::Now) => "run the same command again".into(),
        Act::Again(Moment::InAMoment) => "run the same command again in a moment".into(),
        Act::Again(Moment::InAMinute) => "run the same command again in a minute".into(),
        Act::Again(Moment::Later) => "run the same command again later".into(),
        Act::Again(Moment::After(_)) => act.to_string(),
        Act::SendAgain => "the same command delivers them".into(),
        Act::Setting(setting) => match setting.key {
            Some(key) => format!("`[{}] {key}`", setting.section),
            None => format!("`[{}]`", setting.section),
        },
        Act::ListMeetings => "see `invite meeting list`".into(),
        Act::ShowAttendees => "see `invite meeting show ID` for its attendees".into(),
        Act::ListUsers => "see `invite zoom users list`".into(),
        Act::ChooseActor => {
            "name a user of the CRM with --as, or leave it out to act as the administrator".into()
        }
        Act::SetStatus(status) => format!("`invite meeting edit ID --status {}`", status),
        Act::AssignUser => "assign the meeting to a user: `invite meeting edit ID --assign USER`".into(),
        Act::SetOnlineLocation => {
            "set its online location to zoom: `invite meeting edit ID --online-location zoom`".into()
        }
        Act::SendCancellation => {
            "`invite cancel` tells those who were invited that it does not take place".into()
        }
        Act::MailPastMeeting => "add --past".into(),
        Act::LeaveOut => "leave the person out with --to".into(),
        Act::PublishObject => "write the object with --method PUBLISH".into(),
        Act::Import => "`invite import`".into(),
        Act::ConfigureProvider { .. } => {
            "add [zoom] (or [jitsi]) to the configuration, or send with --no-push".into()
        }
        Act::ConfigureMail => "add [smtp] with `url` and `from` to the configuration".into(),
        Act::CheckMailLogin => "check `[smtp] username`, `password`, `url` and `from`".into(),
        Act::CheckMailOAuth => {
            "check `[smtp.oauth]`: `client_id`, `client_secret`, `scope`, and whether the refresh \
                                token is still good"
                .into()
        }
        Act::MakeAnew(Sealed::ZoomGrant) => "make it anew with `invite zoom connect`".into(),
        Act::MakeAnew(Sealed::SmtpAccount) => "make it anew with `invite smtp users set USER`".into(),
        Act::GiveAccount { user } => format!("give the user one with `invite smtp users set {user}`"),
        Act::RenewAccount { user } => format!("set it anew with `invite smtp users set {user}`"),
        Act::MendAccount { user } => format!("put it right with `invite smtp users set {user}`"),
        Act::TestAccount { user } => {
            format!("see what the server says with `invite smtp users test {user}`")
        }
        Act::ListOutbox => "see `invite outbox list`".into(),
        Act::FollowDelivery => "see what becomes of it with `invite outbox show`".into(),
        Act::AwaitDelivery => "run it again in a moment; see `invite outbox list`".into(),
        Act::FindByMessageId => "`invite outbox show` with the Message-ID in it shows the invitation".into(),
        Act::CallOff => "call the mails off with `invite outbox cancel`".into(),
        Act::TrustSender => "run it again with --trust".into(),
        Act::ConnectZoom => "run `invite zoom connect`".into(),
        Act::ReconnectZoom => "run `invite zoom connect` to connect again".into(),
        Act::ConnectZoomByPasting => "run `invite zoom connect --paste`".into(),
        Act::EnableZoomUser { user } => format!("run `invite zoom users enable {user}`"),
        Act::GiveZoomId { user } => format!("run `invite zoom users enable {user} --zoom-id ID`"),
        Act::GiveZoomAddress => "run `invite zoom users enable USER --zoom-id ADDRESS`".into(),
        Act::CompareZoomClient { mode } => format!(
            "compare client_id and client_secret under [zoom.{mode}] with the app's {mode} credentials"
        ),
        Act::CheckZoomAuthorization => "check that `auth` and `redirect_uri` under [zoom] fit".into(),
        Act::ChangeZoomDefaults => "[zoom.meeting] of the configuration".into(),
        Act::WriteConfiguration => "write a configuration file with `invite init`".into(),
        Act::NameConfiguration => "name one with --config".into(),
        Act::AddSection { section } => {
            format!("add [{section}] to invite.toml (docs/configuration.md shows how)")
        }
        Act::UseSandbox => "try with --sandbox".into(),
        Act::ListTemplateVersions => "`invite template history` lists the versions".into(),
        Act::TakeNewerTemplate { path } => format!("invite template upgrade {path}"),
        Act::CompareTemplate { path } => format!("see `invite template diff --upgrade {path}`"),
        Act::MergeTemplate { path } => format!("`invite template upgrade {path}`"),
        Act::DraftTemplate { path } => {
            format!("`invite template upgrade {path}` leaves a draft to decide in")
        }
        Act::ConvertTemplates => "`invite template import-espocrm` converts them".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::DatabaseError;
    use crate::mail::{CannotCancel, TransportError};
    use crate::meeting::{MeetingId, MeetingStatus, PersonId, PersonRef};
    use crate::online::Jitsi;
    use crate::online::zoom::{Mode, ZoomError};
    use crate::pipeline::PipelineError;

    fn ana() -> PersonId {
        PersonId::new("ana").unwrap()
    }

    fn wrong_status(doing: &'static str, status: MeetingStatus) -> PipelineError {
        PipelineError::WrongStatus {
            meeting: "Kick-off".into(),
            doing,
            status,
        }
    }

    fn cannot_sign() -> TransportError {
        TransportError::CannotSign {
            to: "l@c.example".parse().unwrap(),
            source: "no key".into(),
        }
    }

    #[test]
    fn hints_say_what_to_type() {
        let meeting = || "Kick-off".to_owned();
        let id = MeetingId::new("kickoff").unwrap();
        let cases: Vec<(Box<dyn Fault>, &str)> = vec![
            (
                Box::new(PipelineError::NoMeeting { meeting: id.clone() }),
                "see `invite meeting list`",
            ),
            (
                Box::new(PipelineError::NoActor { user: ana() }),
                "name a user of the CRM with --as, or leave it out to act as the administrator; see `invite zoom users \
                 list`",
            ),
            (
                Box::new(DatabaseError::NoPerson {
                    person: PersonRef::user(ana()),
                }),
                "see `invite zoom users list`",
            ),
            (
                Box::new(wrong_status("sent", MeetingStatus::NotHeld)),
                "`invite cancel` tells those who were invited that it does not take place",
            ),
            (
                Box::new(wrong_status("sent", MeetingStatus::Held)),
                "only a planned meeting can be: `invite meeting edit ID --status Planned`",
            ),
            (
                Box::new(wrong_status("cancelled", MeetingStatus::Planned)),
                "only a meeting that is not held can be: `invite meeting edit ID --status NotHeld`",
            ),
            (
                Box::new(PipelineError::HoldsMeeting {
                    meeting: meeting(),
                    person: "Ana".into(),
                }),
                "for the organizer's own calendar, write the object with --method PUBLISH",
            ),
            (
                Box::new(PipelineError::NoAssignedUser { meeting: meeting() }),
                "assign the meeting to a user: `invite meeting edit ID --assign USER`",
            ),
            (
                Box::new(PipelineError::NotOnline { meeting: meeting() }),
                "set its online location to zoom: `invite meeting edit ID --online-location zoom`",
            ),
            (
                Box::new(PipelineError::NoProvider {
                    meeting: meeting(),
                    location: Jitsi::LOCATION,
                    nearest: None,
                }),
                "add [zoom] (or [jitsi]) to the configuration, or send with --no-push",
            ),
            (
                Box::new(PipelineError::Overtaken { meeting: id }),
                "run the same command again in a moment",
            ),
            (
                Box::new(PipelineError::Stranger {
                    sender: None,
                    attendee: "l@c.example".parse().unwrap(),
                }),
                "if you know that it is genuine, run it again with --trust",
            ),
            (
                Box::new(PipelineError::StillSending {
                    to: "l@c.example".parse().unwrap(),
                }),
                "run it again in a moment; see `invite outbox list`",
            ),
            (
                Box::new(PipelineError::NoTransport),
                "add [smtp] with `url` and `from` to the configuration",
            ),
            (
                Box::new(PipelineError::NoAccount { user: ana() }),
                "give the user one with `invite smtp users set ana`, or call the mails off with `invite outbox cancel`; \
                 then the next send invites from the organization's address",
            ),
            (
                Box::new(PipelineError::AccountTransport {
                    user: ana(),
                    source: cannot_sign(),
                }),
                "see what the server says with `invite smtp users test ana`, and put it right with `invite smtp users \
                 set ana`; its mails wait in the outbox",
            ),
            (
                Box::new(cannot_sign()),
                "check the key of `[smtp.dkim]`; the invitation stays in the outbox",
            ),
            (
                Box::new(CannotCancel::NotFound { id: 7 }),
                "see `invite outbox list`",
            ),
            (
                Box::new(CannotCancel::Sending { id: 7 }),
                "see what becomes of it with `invite outbox show`",
            ),
            (
                Box::new(DatabaseError::WrongKey {
                    database: "invite.db".into(),
                    what: "the grant".into(),
                    sealed: Sealed::ZoomGrant,
                }),
                "put back the key that it was stored with (`INVITE_KEY` or `[database] key_file`), or make it anew with \
                 `invite zoom connect`",
            ),
            (
                Box::new(ZoomError::NotConnected {
                    doing: "a push".into(),
                    mode: Mode::Production,
                }),
                "run `invite zoom connect`, signed in to Zoom as an administrator of the account",
            ),
            (
                Box::new(ZoomError::StateMismatch),
                "run `invite zoom connect` again, and use the newest link only",
            ),
        ];
        for (fault, words) in cases {
            assert_eq!(hint(&*fault).as_deref(), Some(words), "{fault}");
        }
    }
}
