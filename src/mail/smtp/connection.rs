//! One connection, and the transactions on it (RFC 5321 §3.3).
//!
//! Where the server offers PIPELINING (RFC 2920), MAIL, RCPT and DATA are written in one piece, together with the end
//! of the message before. A message then costs 1 round trip instead of 4.

use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Rset};
use lettre::transport::smtp::response::Response;
use memchr::memmem;
use tokio::time::error::Elapsed;

use super::super::transport::{Connection, Envelope, Outgoing, Receipt, TransportError};
use super::answers::{answer_of, words};
use super::offer::Offer;
use super::pace::Pace;
use super::settings::SmtpSettings;
use crate::fault::BoxError;
use crate::meeting::EmailAddress;

pub(super) struct SmtpConnection {
    smtp: AsyncSmtpConnection,
    offer: Offer,
    server: String,
    timeout: Duration,
    pace: Option<Arc<Pace>>,
    max_messages: Option<NonZeroU32>,
    /// How many messages the connection has carried.
    carried: u32,
    state: State,
}

/// The state of a connection between two messages.
enum State {
    /// The server waits for MAIL.
    Ready,
    /// A transaction may be half open: the next one begins with RSET.
    HalfOpen,
    /// MAIL, RCPT and DATA of the next message are written; their answers are on the way.
    Announced(Envelope),
    /// The connection cannot be used any more.
    Broken,
}

/// The commands that open a transaction: MAIL and RCPT.
struct Opening {
    mail: String,
    rcpt: String,
}

impl Opening {
    /// The opening and DATA in one piece.
    fn joined(&self) -> String {
        format!("{}{}{Data}", self.mail, self.rcpt)
    }
}

/// The stage of a transaction at which an error happened.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// RSET and DATA: an error says nothing about sender or recipient.
    Session,
    /// MAIL: the error is about the sender, which is this program.
    Sender,
    /// RCPT: the error is about the recipient.
    Recipient,
    /// The message, from its first octet to the answer.
    Message,
}

/// The server's answer, an error, or no answer in time.
type Answer = Result<Result<Response, SmtpError>, Elapsed>;

impl SmtpConnection {
    pub(super) fn new(
        smtp: AsyncSmtpConnection,
        offer: Offer,
        server: String,
        settings: &SmtpSettings,
        pace: Option<Arc<Pace>>,
    ) -> Self {
        Self {
            smtp,
            offer,
            server,
            timeout: settings.timeout,
            pace,
            max_messages: settings.max_per_connection,
            carried: 0,
            state: State::Ready,
        }
    }

    /// The opening of the message's transaction. Fails if this server cannot take the message.
    fn opening(&self, mail: &Outgoing<'_>) -> Result<Opening, TransportError> {
        let Envelope { from, to } = mail.envelope;
        let cannot = |answer: String| TransportError::Refused {
            to: to.clone(),
            answer,
        };
        let octets = u64::try_from(mail.message.len()).unwrap_or(u64::MAX);
        if let Some(most) = self.offer.most_octets().filter(|most| octets > *most) {
            return Err(cannot(format!(
                "{} takes messages of at most {most} octets, and this one has {octets}",
                self.server
            )));
        }
        // Addresses were checked when they were parsed: no octet of an address ends a path or a line.
        let mut opening = Opening {
            mail: format!("MAIL FROM:<{from}>"),
            rcpt: format!("RCPT TO:<{to}>\r\n"),
        };
        if self.offer.size.is_some() {
            opening.mail.push_str(&format!(" SIZE={octets}"));
        }
        if !(from.as_str().is_ascii() && to.as_str().is_ascii() && mail.message.is_ascii()) {
            if !self.offer.utf8 {
                return Err(cannot(format!(
                    "{} does not offer SMTPUTF8 (RFC 6531), which this address needs",
                    self.server
                )));
            }
            if self.offer.eight_bit {
                opening.mail.push_str(" BODY=8BITMIME");
            }
            opening.mail.push_str(" SMTPUTF8");
        }
        if self.offer.dsn {
            // A bounce needs to name the message, not to contain all of it (RFC 3461 §4.3).
            opening.mail.push_str(" RET=HDRS");
        }
        opening.mail.push_str("\r\n");
        Ok(opening)
    }

    async fn write(&mut self, command: impl std::fmt::Display) -> Answer {
        tokio::time::timeout(self.timeout, self.smtp.command(command)).await
    }

    async fn read(&mut self) -> Answer {
        tokio::time::timeout(self.timeout, self.smtp.read_response()).await
    }

    /// Brings the transaction to the point at which the server waits for the message. After an error, [`Self::state`]
    /// says how the connection can still be used.
    async fn open(&mut self, mail: &Outgoing<'_>, opening: Option<&Opening>) -> Result<(), TransportError> {
        let to = &mail.envelope.to;
        let state = std::mem::replace(&mut self.state, State::Broken);
        let resets = matches!(state, State::HalfOpen);
        let refused = match (state, opening) {
            (State::Announced(_), None) => self.open_at_once(to, None, resets).await?,
            (State::Ready | State::HalfOpen, Some(opening)) if self.offer.pipelining => {
                self.open_at_once(to, Some(opening), resets).await?
            }
            (State::Ready | State::HalfOpen, Some(opening)) => {
                self.open_step_by_step(to, opening, resets).await?
            }
            _ => return Err(self.lost(Stage::Session, OUT_OF_STEP.into())),
        };
        match refused {
            None => Ok(()),
            Some(error) => {
                self.state = State::HalfOpen;
                Err(error)
            }
        }
    }

    /// Returns the server's refusal, or fails with the error that ended the connection. Without an opening, the
    /// commands have been written already.
    async fn open_at_once(
        &mut self,
        to: &EmailAddress,
        opening: Option<&Opening>,
        resets: bool,
    ) -> Result<Option<TransportError>, TransportError> {
        let mut first = match opening {
            None => None,
            Some(opening) if resets => Some(self.write(format!("{Rset}{}", opening.joined())).await),
            Some(opening) => Some(self.write(opening.joined()).await),
        };
        let stages = [Stage::Session, Stage::Sender, Stage::Recipient, Stage::Session];
        let mut refused = None;
        let mut is_open = false;
        for stage in &stages[usize::from(!resets)..] {
            let answer = match first.take() {
                Some(answer) => answer,
                None => self.read().await,
            };
            match self.understand(answer, to, *stage) {
                // The last answer is that to DATA.
                Ok(_) => is_open = true,
                Err(error) if error.is_connection_lost() => return Err(refused.unwrap_or(error)),
                Err(error) => {
                    is_open = false;
                    refused.get_or_insert(error);
                }
            }
        }
        if refused.is_some() && is_open {
            // The server accepted DATA without a recipient. It gets an empty message, which it delivers to nobody (RFC
            // 2920 §3.1).
            let ended = self.write(".\r\n").await;
            if let Err(error) = self.understand(ended, to, Stage::Session)
                && error.is_connection_lost()
            {
                return Err(refused.unwrap_or(error));
            }
        }
        Ok(refused)
    }

    async fn open_step_by_step(
        &mut self,
        to: &EmailAddress,
        opening: &Opening,
        resets: bool,
    ) -> Result<Option<TransportError>, TransportError> {
        let steps = [
            (Rset.to_string(), Stage::Session),
            (opening.mail.clone(), Stage::Sender),
            (opening.rcpt.clone(), Stage::Recipient),
            (Data.to_string(), Stage::Session),
        ];
        for (command, stage) in &steps[usize::from(!resets)..] {
            let answer = self.write(command).await;
            match self.understand(answer, to, *stage) {
                Ok(_) => {}
                Err(error) if error.is_connection_lost() => return Err(error),
                Err(error) => return Ok(Some(error)),
            }
        }
        Ok(None)
    }

    fn understand(
        &self,
        answer: Answer,
        to: &EmailAddress,
        stage: Stage,
    ) -> Result<Response, TransportError> {
        let error = match answer {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => error,
            Err(elapsed) => return Err(self.lost(stage, elapsed.into())),
        };
        let Some(code) = error.status() else {
            return Err(self.lost(stage, error.into()));
        };
        let (code, answer) = (u16::from(code), answer_of(&error));
        Err(match code {
            // RFC 4954 §6: the server demands a log-in, or a stronger one.
            530 | 534 | 535 | 538 => TransportError::Unwelcome {
                server: self.server.clone(),
                answer,
            },
            // The refusal is about the sender, which is this program, and not about the message's length or parameters.
            550 | 551 | 553 | 554 if stage == Stage::Sender => TransportError::Unwelcome {
                server: self.server.clone(),
                answer,
            },
            500..=599 => TransportError::Refused {
                to: to.clone(),
                answer,
            },
            _ => TransportError::PutOff {
                to: to.clone(),
                answer,
                closing: code == 421,
            },
        })
    }

    fn lost(&self, stage: Stage, source: BoxError) -> TransportError {
        let server = self.server.clone();
        match stage {
            Stage::Message => TransportError::AnswerLost { server, source },
            Stage::Session | Stage::Sender | Stage::Recipient => {
                TransportError::Unreachable { server, source }
            }
        }
    }

    /// The opening of the next transaction, to be written together with this message.
    fn announcement(&self, next: Option<Outgoing<'_>>) -> Option<(Envelope, Opening)> {
        let next = next.filter(|_| self.offer.pipelining && self.pace.is_none())?;
        if self
            .max_messages
            .is_some_and(|most| self.carried + 1 >= most.get())
        {
            return None;
        }
        // If the next message cannot be sent, its own turn returns the error.
        let opening = self.opening(&next).ok()?;
        Some((next.envelope.clone(), opening))
    }

    /// Writes the message, and reads the server's answer.
    async fn transfer(&mut self, text: &str, behind: Option<&Opening>) -> Answer {
        let mut all = dot_stuffed(text);
        if let Some(opening) = behind {
            all.push_str(&opening.joined());
        }
        self.write(all).await
    }

    /// The same for a message that is not UTF-8 text. It is written by itself, without an announcement.
    async fn transfer_octets(&mut self, message: &[u8]) -> Answer {
        // lettre ends it with CRLF "." CRLF of its own.
        let body = message.strip_suffix(b"\r\n").unwrap_or(message);
        tokio::time::timeout(self.timeout, self.smtp.message(body)).await
    }
}

/// The error for messages that were sent in another order than they were announced.
const OUT_OF_STEP: &str = "another message was announced to it";

/// A message, dot-stuffed and with the final dot (RFC 5321 §4.5.2).
fn dot_stuffed(message: &str) -> String {
    static LINE_WITH_DOT: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\r\n."));
    let mut text = String::with_capacity(message.len() + 512);
    if message.starts_with('.') {
        text.push('.');
    }
    let mut done = 0;
    for at in LINE_WITH_DOT.find_iter(message.as_bytes()) {
        let dot = at + 2;
        text.push_str(&message[done..dot]);
        text.push('.');
        done = dot;
    }
    text.push_str(&message[done..]);
    if !text.ends_with("\r\n") {
        text.push_str("\r\n");
    }
    text.push_str(".\r\n");
    text
}

#[async_trait]
impl Connection for SmtpConnection {
    async fn send(
        &mut self,
        mail: Outgoing<'_>,
        next: Option<Outgoing<'_>>,
    ) -> Result<Receipt, TransportError> {
        // An announced message was checked when it was announced.
        let opening = match &self.state {
            State::Announced(envelope) if envelope == mail.envelope => None,
            _ => Some(self.opening(&mail)?),
        };
        if let Some(pace) = &self.pace {
            pace.wait().await.map_err(|source| TransportError::NoTurn {
                server: self.server.clone(),
                source,
            })?;
        }
        self.open(&mail, opening.as_ref()).await?;
        let (announced, answer) = match std::str::from_utf8(mail.message) {
            Ok(text) => {
                let announced = self.announcement(next);
                let opening = announced.as_ref().map(|(_, opening)| opening);
                let answer = self.transfer(text, opening).await;
                (announced, answer)
            }
            Err(_) => (None, self.transfer_octets(mail.message).await),
        };
        let result = self.understand(answer, &mail.envelope.to, Stage::Message);
        self.carried += 1;
        if !result.as_ref().is_err_and(TransportError::is_connection_lost) {
            self.state = announced.map_or(State::Ready, |(envelope, _)| State::Announced(envelope));
        }
        let response = result?;
        Ok(Receipt {
            answer: words(
                u16::from(response.code()),
                &response.message().collect::<Vec<_>>().join(" "),
            ),
            file: None,
        })
    }

    fn is_spent(&self) -> bool {
        self.max_messages.is_some_and(|most| self.carried >= most.get())
    }

    async fn close(mut self: Box<Self>) {
        match self.state {
            // A missing answer to QUIT does no harm.
            State::Ready | State::HalfOpen => {
                let _ = tokio::time::timeout(Duration::from_secs(2), self.smtp.quit()).await;
            }
            // The server waits for a message. Only closing the connection tells it that none will come.
            State::Announced(_) | State::Broken => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dots_at_the_beginning_of_lines_are_doubled() {
        for (message, wanted) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\n..\r\n.b", "a\r\n..\r\n...\r\n..b\r\n.\r\n"),
            ("a.b\r\n\r\n", "a.b\r\n\r\n.\r\n"),
        ] {
            assert_eq!(dot_stuffed(message), wanted, "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_dot_stuffed_is_read_back(lines in prop::collection::vec("[.ab ]{0,4}", 1..12)) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let sent = dot_stuffed(&message);
            let mut read = String::new();
            let mut ended = false;
            for line in sent.split_inclusive("\r\n") {
                prop_assert!(!ended, "something follows the end: {sent:?}");
                ended = line == ".\r\n";
                if !ended {
                    read.push_str(line.strip_prefix('.').unwrap_or(line));
                }
            }
            prop_assert!(ended);
            prop_assert_eq!(read, message);
        }
    }
}
