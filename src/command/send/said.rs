//! The kinds of reports of commands that mail.

/// The kind of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::command) enum Said {
    /// A meeting is sent.
    Sends,
    /// The mails of a meeting are queued for a worker.
    Queues,
    /// The meeting is called off.
    Cancels,
    /// Nothing is done.
    WouldSend,
}
