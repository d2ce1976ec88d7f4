//! The journal of results beside an SQLite file.
//!
//! A transaction for each result would cost more than sending the mail. A line at the end of a file costs one call,
//! and outlives this process just as well. So results are written into a journal at once, and into the tables many at
//! a time ([`Fates`](super::fates::Fates)). Each open database has a journal of its own, locked for as long as it is
//! open. A process that finds a journal without a lock writes its lines into the tables.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::record::Record;

/// The name of a journal is the database's, this, and a random id.
const SUFFIX: &str = "-fates-";
/// In place of [`SUFFIX`] until the journal is locked.
const UNLOCKED_SUFFIX: &str = "-new-fates-";

/// A journal that is being written.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    octets: u64,
    /// Whether the last line was cut off because the disk was full.
    is_torn: bool,
}

impl Journal {
    /// Creates and locks a journal for a database.
    pub(super) fn create(database: &Path) -> io::Result<Self> {
        let id = Uuid::new_v4().simple();
        let named = |suffix: &str| {
            let mut path = database.as_os_str().to_owned();
            path.push(format!("{suffix}{id}"));
            PathBuf::from(path)
        };
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // The journal gets its name only once it is locked: else another process could take it for one left behind.
        let (unlocked, path) = (named(UNLOCKED_SUFFIX), named(SUFFIX));
        let file = options.open(&unlocked)?;
        #[cfg(unix)]
        belong_to_who_owns(database, &file);
        let named = match file.try_lock() {
            Ok(()) => std::fs::rename(&unlocked, &path),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        };
        if let Err(error) = named {
            let _ = std::fs::remove_file(&unlocked);
            return Err(error);
        }
        Ok(Self {
            path,
            file,
            octets: 0,
            is_torn: false,
        })
    }

    /// Appends a result, as one line.
    pub(super) fn append(&mut self, record: &Record) -> io::Result<()> {
        let mut line = serde_json::to_string(record)?;
        line.push('\n');
        if self.is_torn {
            line.insert(0, '\n');
        }
        // In one call: a process that is killed has written the whole line or nothing.
        match self.file.write(line.as_bytes()) {
            Ok(written) if written == line.len() => {
                self.is_torn = false;
                self.octets += line.len() as u64;
                Ok(())
            }
            Ok(_) => {
                self.is_torn = true;
                Err(io::ErrorKind::StorageFull.into())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) const fn octets(&self) -> u64 {
        self.octets
    }

    /// Empties the journal.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.octets = 0;
        self.is_torn = false;
        Ok(())
    }

    /// Removes the journal. Its results must be in the tables.
    pub(super) fn remove(self) {
        // If the file stays, the next process writes the same results once more, which changes nothing.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Gives a journal the owner and the permissions of the database, as SQLite does with its own files: so a journal
/// that root made can be read by the user who owns the database.
#[cfg(unix)]
fn belong_to_who_owns(database: &Path, journal: &File) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let (Ok(theirs), Ok(ours)) = (database.metadata(), journal.metadata()) else {
        return;
    };
    if (theirs.uid(), theirs.gid()) != (ours.uid(), ours.gid())
        && let Err(error) = fchown(journal, Some(theirs.uid()), Some(theirs.gid()))
    {
        tracing::debug!(%error, "a journal does not belong to who owns the database");
    }
    if theirs.mode() != ours.mode()
        && let Err(error) = journal.set_permissions(theirs.permissions())
    {
        tracing::debug!(%error, "a journal does not have the permissions of the database");
    }
}

/// A journal whose process ended without closing the database.
#[derive(Debug)]
pub(super) struct LeftBehind {
    path: PathBuf,
    /// Kept open with a shared lock. An exclusive one would make the journal look as if its process still ran, and
    /// another reader would not free the messages that the process held.
    _file: File,
    pub(super) records: Vec<Record>,
}

impl LeftBehind {
    /// The journals of a database whose locks are free.
    pub(super) fn all(database: &Path) -> io::Result<Vec<Self>> {
        let Some(name) = database.file_name() else {
            return Ok(Vec::new());
        };
        let folder = match database.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let prefix = format!("{}{SUFFIX}", name.to_string_lossy());
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                all.extend(Self::take(entry.path())?);
            }
        }
        Ok(all)
    }

    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // A line that was cut off is a result whose `append` did not succeed.
        let records = text.split(|octet| *octet == b'\n');
        let records = records.filter_map(|line| serde_json::from_slice(line).ok());
        Ok(Some(Self {
            records: records.collect(),
            path,
            _file: file,
        }))
    }

    /// Removes the journal, once its results are in the tables.
    pub(super) fn remove(self) {
        // An error changes nothing, as in `Journal::remove`.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::DeliveryState;

    fn record(id: i64) -> Record {
        Record {
            id,
            holder: "here/1.2/x".to_owned(),
            state: DeliveryState::Sent,
            answer: Some("250 \"ok\"\r\n2.0.0".to_owned()),
            next: None,
            sent: Some(7),
            takes_back: false,
            answer_lost: false,
        }
    }

    #[test]
    fn what_was_written_is_found_once_nobody_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("invite.db");
        let mut journal = Journal::create(&database).unwrap();
        journal.append(&record(1)).unwrap();
        journal.clear().unwrap();
        journal.append(&record(2)).unwrap();
        journal.append(&record(3)).unwrap();
        assert!(LeftBehind::all(&database).unwrap().is_empty(), "it is held");
        // Another database in the same folder.
        assert!(
            LeftBehind::all(&folder.path().join("other.db"))
                .unwrap()
                .is_empty()
        );
        drop(journal);
        let mut found = LeftBehind::all(&database).unwrap();
        assert_eq!(found.len(), 1);
        let found = found.remove(0);
        let by_another = LeftBehind::all(&database).unwrap();
        assert_eq!(
            by_another[0].records, found.records,
            "who reads it keeps nobody from it"
        );
        assert_eq!(found.records, [record(2), record(3)]);
        found.remove();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_line_that_was_cut_off_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("invite.db");
        let mut journal = Journal::create(&database).unwrap();
        journal.append(&record(1)).unwrap();
        journal.file.write_all(b"{\"id\":2,\"hol").unwrap();
        journal.is_torn = true;
        journal.append(&record(3)).unwrap();
        drop(journal);
        let found = LeftBehind::all(&database).unwrap();
        assert_eq!(found[0].records, [record(1), record(3)]);
    }
}
