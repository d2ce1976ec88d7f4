//! The reason why a mail removes a meeting from a calendar.

/// The reason why an invitee gets a cancellation. It decides the words of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Cancellation {
    /// The meeting does not take place.
    #[default]
    CalledOff,
    /// The meeting takes place without the invitee.
    Removed,
    /// The meeting goes on under another host. An entry by the new host replaces this one.
    NewOrganizer,
}

impl Cancellation {
    /// The name in templates, such as `called_off`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CalledOff => "called_off",
            Self::Removed => "removed",
            Self::NewOrganizer => "new_organizer",
        }
    }
}
