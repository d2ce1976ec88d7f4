//! Why a mail takes a meeting out of somebody's calendar.

/// Why an invitee gets a cancellation: what its words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cancellation {
    /// The meeting does not take place.
    #[default]
    CalledOff,
    /// The meeting takes place without the invitee.
    Removed,
    /// The meeting goes on under another host: an entry of that host's takes the place of this one.
    NewOrganizer,
}

impl Cancellation {
    /// What templates call it, such as `called_off`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CalledOff => "called_off",
            Self::Removed => "removed",
            Self::NewOrganizer => "new_organizer",
        }
    }
}
