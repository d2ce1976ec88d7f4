//! The key that OAuth tokens are encrypted with in the database.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::fault::{Act, Class, Fault, Remedy};

/// Thirty-two secret bytes. Wiped from memory when dropped, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey([u8; 32]);

impl EncryptionKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key out of the system's random number generator.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| KeyError::NoRandomness(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// Reads a key: 64 hexadecimal digits, or 32 bytes in base64 (either alphabet, padded or not).
    /// White space around is ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut key = Self([0; 32]);
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            for (byte, digits) in key.0.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                let digits = std::str::from_utf8(digits).ok()?;
                *byte = u8::from_str_radix(digits, 16).ok()?;
            }
            return Some(key);
        }
        [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
            .iter()
            .find_map(|alphabet| {
                let bytes = Zeroizing::new(alphabet.decode(text).ok()?);
                (bytes.len() == 32).then(|| key.0.copy_from_slice(&bytes))
            })
            .map(|()| key)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(65));
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

impl Drop for EncryptionKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for EncryptionKey {}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey([REDACTED])")
    }
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// It was given, by `INVITE_KEY`.
    Given(EncryptionKey),
    /// It stands in this file, or will.
    File(PathBuf),
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file is there, but cannot be read.
    #[error("the encryption key in {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has something else in it.
    #[error("{} holds no encryption key: it must be 32 bytes, as 64 hex digits or base64", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The file is not there and cannot be made.
    #[error("the encryption key cannot be written to {}", path.display())]
    CannotCreate {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system has no randomness to give.
    #[error("an encryption key cannot be made: the system has no randomness to give ({0})")]
    NoRandomness(String),
}

impl Fault for KeyError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "key.unreadable",
            Self::Malformed { .. } => "key.malformed",
            Self::CannotCreate { .. } => "key.cannot_create",
            Self::NoRandomness(_) => "key.no_randomness",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Unreadable { .. } | Self::Malformed { .. } => Class::Configuration,
            Self::CannotCreate { .. } => Class::CannotCreate,
            Self::NoRandomness(_) => Class::Temporary,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::Unreadable { .. } => "check who may read the file, or give the key as INVITE_KEY".into(),
            Self::Malformed { .. } => Remedy::says(
                "put the key back from your backup; without it the Zoom connection must be made anew: move the file \
                 away and ",
            )
            .then(Act::ConnectZoom),
            Self::CannotCreate { .. } => {
                "make the folder writable, name another file as database.key_file, or give the key as INVITE_KEY"
                    .into()
            }
            Self::NoRandomness(_) => "try again".into(),
        })
    }
}

impl KeySource {
    /// The key; `None` when its file is not there yet.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`] and [`KeyError::Malformed`].
    pub fn load(&self) -> Result<Option<EncryptionKey>, KeyError> {
        let path = match self {
            Self::Given(key) => return Ok(Some(key.clone())),
            Self::File(path) => path,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let malformed = || KeyError::Malformed { path: path.clone() };
                EncryptionKey::parse(&text).map(Some).ok_or_else(malformed)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(KeyError::Malformed { path: path.clone() })
            }
            Err(source) => Err(KeyError::Unreadable {
                path: path.clone(),
                source,
            }),
        }
    }

    /// The key, made and written to its file when it is not there yet. The file is readable by its owner
    /// only. Of two that do this at the same time, both get the key of the one that was first.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn load_or_create(&self) -> Result<EncryptionKey, KeyError> {
        if let Some(key) = self.load()? {
            return Ok(key);
        }
        let Self::File(path) = self else {
            // A key that is given always loads.
            return EncryptionKey::random();
        };
        let key = EncryptionKey::random()?;
        match write_new(path, &key) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let gone = || KeyError::CannotCreate {
                    path: path.clone(),
                    source: error,
                };
                self.load()?.ok_or_else(gone)
            }
            Err(source) => Err(KeyError::CannotCreate {
                path: path.clone(),
                source,
            }),
        }
    }
}

/// Writes a key to a file that is not there yet. The file appears with its whole content, so that no other process
/// reads half a key.
fn write_new(path: &Path, key: &EncryptionKey) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", uuid::Uuid::new_v4().simple()));
    let draft = folder.join(name);
    let result = write_exclusively(&draft, key).and_then(|()| match std::fs::hard_link(&draft, path) {
        // Not every file system has hard links.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => write_exclusively(path, key),
        other => other,
    });
    let removed = std::fs::remove_file(&draft);
    result.and(match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
}

fn write_exclusively(path: &Path, key: &EncryptionKey) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut text = key.to_hex();
    text.push('\n');
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hex_and_base64() {
        let key = EncryptionKey::random().unwrap();
        for text in [
            key.to_hex().to_string(),
            key.to_hex().to_uppercase(),
            format!("  {}\r\n", STANDARD.encode(key.bytes())),
            STANDARD_NO_PAD.encode(key.bytes()),
            URL_SAFE.encode(key.bytes()),
            URL_SAFE_NO_PAD.encode(key.bytes()),
        ] {
            assert_eq!(EncryptionKey::parse(&text), Some(key.clone()));
        }
        for bad in [
            "",
            "00",
            &"0".repeat(63),
            &"0".repeat(65),
            &"g".repeat(64),
            &STANDARD.encode([0; 31]),
        ] {
            assert_eq!(EncryptionKey::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn is_not_shown() {
        assert_eq!(
            format!("{:?}", KeySource::Given(EncryptionKey::new([7; 32]))),
            "Given(EncryptionKey([REDACTED]))"
        );
    }

    #[test]
    fn is_made_when_first_needed_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let source = KeySource::File(dir.path().join("invite.key"));
        assert_eq!(source.load().unwrap(), None);
        let key = source.load_or_create().unwrap();
        assert_eq!(source.load_or_create().unwrap(), key);
        assert_eq!(source.load().unwrap(), Some(key));
        let names: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["invite.key"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(dir.path().join("invite.key"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn all_who_make_it_at_once_get_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let source = KeySource::File(dir.path().join("invite.key"));
        let start = std::sync::Barrier::new(8);
        let keys: Vec<EncryptionKey> = std::thread::scope(|scope| {
            let make = || {
                start.wait();
                source.load_or_create().unwrap()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_file_with_something_else_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("invite.key");
        for content in [&b"not a key\n"[..], b"", b"\xff\xfe"] {
            std::fs::write(&path, content).unwrap();
            let error = KeySource::File(path.clone()).load_or_create().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "{} holds no encryption key: it must be 32 bytes, as 64 hex digits or base64",
                    path.display()
                )
            );
            assert_eq!(error.class(), Class::Configuration);
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let path = PathBuf::from("/nonexistent/folder/invite.key");
        let error = KeySource::File(path).load_or_create().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the encryption key cannot be written to /nonexistent/folder/invite.key"
        );
        assert_eq!(error.class().exit_code(), 73);
    }
}
