//! Notifications with text only for people.

use super::code;
use super::status::{LONGEST_ANSWER, LONGEST_NAME, MOST_RECIPIENTS, RecipientStatus, kept};
use crate::mail::Fate;
use crate::mime::fields;

/// The failed recipients. `None`: the mail is no such notification. These servers only write when a mail has failed for
/// good.
pub(super) fn read(header: &[u8], text: &str) -> Option<Vec<RecipientStatus>> {
    let recipients = qsbmf(text).or_else(|| failed_recipients(header, text))?;
    (!recipients.is_empty()).then_some(recipients)
}

fn bounced(address: &str, answer: &str) -> RecipientStatus {
    RecipientStatus {
        fate: Fate::Bounced,
        status: code::of_words(answer),
        answer: kept(answer, LONGEST_ANSWER),
        original: None,
        last: kept(address, LONGEST_NAME),
        remote: None,
        last_attempt: None,
    }
}

/// qmail's form of bounces (QSBMF, <https://cr.yp.to/proto/qsbmf.txt>): a paragraph that begins with `Hi. This is the`;
/// then for each recipient a paragraph that begins with the address in angle brackets; at the end a paragraph that
/// begins with `-`.
fn qsbmf(text: &str) -> Option<Vec<RecipientStatus>> {
    let text = text.trim_start();
    if !text.starts_with("Hi. This is the") {
        return None;
    }
    let mut recipients = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end).chain([""]) {
        if !line.is_empty() {
            if paragraph.is_empty() && line.starts_with('-') {
                break;
            }
            paragraph.push(line);
            continue;
        }
        let recipient = paragraph.split_first().and_then(|(first, rest)| {
            let address = first.strip_prefix('<')?.trim_end_matches(':').strip_suffix('>')?;
            Some(bounced(address, &rest.join(" ")))
        });
        if recipients.len() < MOST_RECIPIENTS {
            recipients.extend(recipient);
        }
        paragraph.clear();
    }
    Some(recipients)
}

/// The addresses in Exim's X-Failed-Recipients, each with the text below it.
fn failed_recipients(header: &[u8], text: &str) -> Option<Vec<RecipientStatus>> {
    let (_, value) = fields(header).find(|(name, _)| name.eq_ignore_ascii_case(b"x-failed-recipients"))?;
    let value = String::from_utf8_lossy(&value).into_owned();
    let addresses = value
        .split(',')
        .map(str::trim)
        .filter(|address| !address.is_empty());
    // The most addresses that are read: each one costs a search through the text.
    const MOST: usize = 20;
    Some(
        addresses
            .take(MOST)
            .map(|address| bounced(address, &below(address, text)))
            .collect(),
    )
}

/// The lines below the line with an address, up to an empty line.
fn below(address: &str, text: &str) -> String {
    let is_it = |line: &&str| {
        let line = line.trim().trim_end_matches(':');
        line.trim_start_matches('<')
            .trim_end_matches('>')
            .eq_ignore_ascii_case(address)
    };
    let mut lines = text.lines().skip_while(|line| !is_it(line)).skip(1);
    let mut answer = String::new();
    while let Some(line) = lines.next().map(str::trim).filter(|line| !line.is_empty())
        && answer.len() < LONGEST_ANSWER
    {
        answer.push_str(line);
        answer.push(' ');
    }
    answer
}
