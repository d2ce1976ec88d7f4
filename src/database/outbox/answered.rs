//! The answers of a revision, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::meeting::Acceptance;

/// The answers that a revision keeps, as they are stored: the mailboxes of each answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered(BTreeMap<AnswerWord, Vec<String>>);

/// An answer, in an order of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum AnswerWord {
    Accepted,
    Tentative,
    Declined,
}

impl Answered {
    pub(super) fn of(answers: &BTreeMap<String, Acceptance>) -> Self {
        let mut by_word: BTreeMap<AnswerWord, Vec<String>> = BTreeMap::new();
        for (mailbox, answer) in answers {
            let word = match answer {
                Acceptance::None => continue,
                Acceptance::Accepted => AnswerWord::Accepted,
                Acceptance::Tentative => AnswerWord::Tentative,
                Acceptance::Declined => AnswerWord::Declined,
            };
            by_word.entry(word).or_default().push(mailbox.clone());
        }
        Self(by_word)
    }

    pub(super) fn into_map(self) -> BTreeMap<String, Acceptance> {
        let mut answers = BTreeMap::new();
        for (word, mailboxes) in self.0 {
            let answer = match word {
                AnswerWord::Accepted => Acceptance::Accepted,
                AnswerWord::Tentative => Acceptance::Tentative,
                AnswerWord::Declined => Acceptance::Declined,
            };
            answers.extend(mailboxes.into_iter().map(|mailbox| (mailbox, answer)));
        }
        answers
    }
}
