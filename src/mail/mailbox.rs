//! A transport that writes each message into a folder, for the sandbox and for looking at mails before they are sent.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::transport::{Connection, Envelope, Outgoing, Receipt, Transport, TransportError};

/// Writes messages as `.eml` files.
///
/// A file is named after the recipient and the message's Message-ID, so that a message written twice is one
/// file. It appears under its name only when it is complete.
#[derive(Debug, Clone)]
pub struct MailboxFolder {
    folder: PathBuf,
}

impl MailboxFolder {
    /// A folder. It is made when the first message is written.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Writes one message and returns its path.
    ///
    /// # Errors
    /// [`TransportError::CannotWrite`] naming the file or folder.
    pub fn write(&self, envelope: &Envelope, message: &[u8]) -> Result<PathBuf, TransportError> {
        let cannot = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| TransportError::CannotWrite { path, source }
        };
        std::fs::create_dir_all(&self.folder).map_err(cannot(&self.folder))?;
        let path = self.folder.join(file_name(envelope, message));
        let partial = path.with_extension("part");
        let mut file = std::fs::File::create(&partial).map_err(cannot(&partial))?;
        file.write_all(message)
            .and_then(|()| file.sync_data())
            .map_err(cannot(&partial))?;
        std::fs::rename(&partial, &path).map_err(cannot(&path))?;
        Ok(path)
    }
}

/// `lee@client.example.5f0c….eml`: short, safe on every file system, and the same for the same message.
fn file_name(envelope: &Envelope, message: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let to: String = envelope
        .to
        .as_str()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+') {
                c
            } else {
                '_'
            }
        })
        .take(80)
        .collect();
    let headers = message.split(|b| *b == b'\n');
    let id = headers
        .take_while(|line| line.len() > 1)
        .find(|line| line.starts_with(b"Message-ID:"));
    let digest = Sha256::digest(id.unwrap_or(message));
    let short = format!("{digest:.12x}");
    format!("{}.{short}.eml", to.trim_start_matches('.'))
}

#[async_trait]
impl Transport for MailboxFolder {
    fn connections(&self) -> usize {
        1
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        Ok(Box::new(self.clone()))
    }
}

#[async_trait]
impl Connection for MailboxFolder {
    async fn send(&mut self, mail: Outgoing<'_>, _: Option<Outgoing<'_>>) -> Result<Receipt, TransportError> {
        let path = self.write(mail.envelope, mail.message)?;
        Ok(Receipt {
            answer: format!("written to {}", path.display()),
            file: Some(path),
        })
    }

    async fn close(self: Box<Self>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault as _;

    fn envelope(to: &str) -> Envelope {
        Envelope {
            from: "m@acme.example".parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn a_message_written_twice_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = MailboxFolder::new(folder.path().join("outbox"));
        let message = b"Message-ID: <1@acme.example>\r\n\r\nHi\r\n";
        let first = mailbox.write(&envelope("lee@client.example"), message).unwrap();
        assert_eq!(
            first,
            mailbox.write(&envelope("lee@client.example"), message).unwrap()
        );
        assert_eq!(std::fs::read(&first).unwrap(), message);
        assert_eq!(std::fs::read_dir(first.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        let name = file_name(&envelope("\"../../x\"@client.example"), b"x");
        assert!(!name.contains('/') && !name.starts_with('.'), "{name}");
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write_into = |folder: &Path| {
            let written = MailboxFolder::new(folder).write(&envelope("a@b.example"), b"");
            let error = written.unwrap_err();
            (error.to_string(), error.remedy().unwrap().to_string())
        };
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        for place in [&file, &file.join("outbox")] {
            let (message, remedy) = write_into(place);
            assert!(message.ends_with(&*place.to_string_lossy()), "{message}");
            assert!(
                remedy.starts_with("a file is where the folder should be"),
                "{remedy}"
            );
        }
        let name = file_name(&envelope("a@b.example"), b"");
        std::fs::create_dir(folder.path().join(&name)).unwrap();
        let (message, remedy) = write_into(folder.path());
        assert!(message.ends_with(&name), "{message}");
        assert!(
            remedy.starts_with("a folder is where the file should be"),
            "{remedy}"
        );
    }
}
