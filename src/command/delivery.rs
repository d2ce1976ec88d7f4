//! How commands show notifications about an invitation that had left, such as a bounce.

use super::terminal::{BAD, DIM, GOOD, WARN, visible};
use crate::mail::{Fate, Notice};

pub(super) const fn style(fate: Fate) -> anstyle::Style {
    match fate {
        Fate::Bounced => BAD,
        Fate::Delayed => WARN,
        Fate::Delivered => GOOD,
        Fate::Relayed | Fate::Expanded => DIM,
    }
}

/// Such as `bounced: 550 5.1.1 No such user`.
pub(super) fn words(notice: &Notice) -> String {
    let mut words = notice.state.to_string();
    if let Some(recipient) = &notice.recipient {
        words.push_str(&format!(" at {recipient}"));
    }
    let answer = notice.answer.as_deref().unwrap_or_default();
    let status = notice.status.as_deref().filter(|status| !answer.contains(status));
    if let Some(status) = status {
        words.push_str(&format!(" ({status})"));
    }
    if !answer.is_empty() {
        words.push_str(&format!(": {answer}"));
    }
    visible(&words)
}
