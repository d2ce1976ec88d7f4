//! What a command that mails says of its mails.

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::command) enum Said {
    /// A meeting is sent.
    Sends,
    /// Its mails are queued for a worker.
    Queues,
    /// It is called off.
    Cancels,
    /// Nothing is done.
    WouldSend,
}
