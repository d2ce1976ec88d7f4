//! The reasons that a person gets no mail.

use crate::meeting::{Acceptance, Revision};
use crate::pipeline::facts::{Case, Place};

/// The reason that a person gets no mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Reason {
    NoRecord,
    HoldsMeeting,
    NoAddress,
    /// The CRM may have an address and does not show it, and the record was never mailed.
    AddressHidden,
    NotPicked,
    HasRevision(Revision),
    /// The revision may have arrived: the mail server's answer was lost twice.
    MayHaveRevision(Revision),
    HasAnswered(Acceptance),
    /// Another record with the same address gets the mail.
    SharesWithInvited(Place),
    /// Another record with the same address has the revision.
    SharesWithInformed(Place, Revision),
    WasNotInvited,
    NothingToTakeBack,
    /// The CANCEL has left already.
    WasTold,
    /// The waiting message was called off.
    CalledOff(CalledOff),
}

/// The reason that a waiting message does not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum CalledOff {
    /// The mailbox is no invitee's any more, and never had an invitation.
    NotInvited,
    /// The meeting does not take place, and the mailbox never had an invitation.
    NotHeld,
    /// The meeting is over.
    Over,
    /// The CANCEL had not left when the mailbox was invited again.
    InvitedAgain,
    /// The CRM does not have the meeting any more.
    MeetingGone,
}

impl CalledOff {
    /// The words that the outbox keeps.
    pub(in crate::pipeline) const fn words(self) -> &'static str {
        match self {
            Self::NotInvited => "no longer invited",
            Self::NotHeld => "the meeting does not take place",
            Self::Over => "the meeting is over",
            Self::InvitedAgain => "invited again",
            Self::MeetingGone => "the meeting is no longer in the CRM",
        }
    }
}

impl Reason {
    pub(in crate::pipeline) fn words(self, place: Place, case: &Case) -> String {
        match self {
            Self::NoRecord => format!("there is no {} in the CRM", case.reference(place)),
            Self::HoldsMeeting => "holds the meeting".to_owned(),
            Self::NoAddress => "has no email address".to_owned(),
            Self::AddressHidden => "the CRM does not show the email address to this program".to_owned(),
            Self::NotPicked => "was not picked".to_owned(),
            Self::HasRevision(revision) => format!("has revision {revision} already"),
            Self::MayHaveRevision(revision) => {
                format!("may have revision {revision} already: the mail server's answer was lost")
            }
            Self::HasAnswered(answer) => format!("has answered: {answer}"),
            Self::SharesWithInvited(twin) => {
                format!("has the address of {}, who gets it", case.reference(twin))
            }
            Self::SharesWithInformed(twin, revision) => format!(
                "has the address of {}, who has revision {revision} already",
                case.reference(twin)
            ),
            Self::WasNotInvited => "was not invited".to_owned(),
            Self::NothingToTakeBack => "has no invitation to take back".to_owned(),
            Self::WasTold => "was told".to_owned(),
            Self::CalledOff(CalledOff::NotInvited) => {
                "is not invited any more, and had no invitation yet".to_owned()
            }
            Self::CalledOff(CalledOff::NotHeld) => "had no invitation yet".to_owned(),
            Self::CalledOff(CalledOff::Over) => "the meeting is over".to_owned(),
            Self::CalledOff(CalledOff::MeetingGone) => CalledOff::MeetingGone.words().to_owned(),
            Self::CalledOff(CalledOff::InvitedAgain) => {
                "is invited again before the cancellation had left".to_owned()
            }
        }
    }
}
