//! The meaning of a server's answers (RFC 5321 §4.2). Enhanced codes (RFC 3463) stay in the answer's text.

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::response::Response;

use super::super::transport::TransportError;

pub(super) fn greeting_error(server: &str, error: SmtpError) -> TransportError {
    match error.status() {
        Some(code) if (500..600).contains(&u16::from(code)) => TransportError::Unwelcome {
            server: server.to_owned(),
            answer: answer_of(&error),
        },
        _ => TransportError::Unreachable {
            server: server.to_owned(),
            source: error.into(),
        },
    }
}

/// The server's own words: the code and the text, on one line.
pub(super) fn answer_of(error: &SmtpError) -> String {
    let text = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    error
        .status()
        .map_or_else(|| error.to_string(), |code| words(u16::from(code), &text))
}

/// The first line of a server's reply.
pub(super) fn said(answer: &Response) -> String {
    words(answer.code().into(), answer.first_line().unwrap_or_default())
}

pub(super) fn words(code: u16, text: &str) -> String {
    crate::meeting::one_line(&format!("{code} {text}"))
}
