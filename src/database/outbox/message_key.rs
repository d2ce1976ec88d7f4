//! The key by which a Message-ID is found.

/// The 10 characters of a Message-ID that the index has.
pub(super) fn message_key(message_id: &str) -> String {
    message_id.chars().skip(1).take(10).collect()
}
