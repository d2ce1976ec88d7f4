//! Notices that files have changed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::edition::Editions;

/// How long nothing must happen before files are read: an editor that saves does several things in a row.
const QUIET: Duration = Duration::from_millis(15);
/// How often a folder is looked for that does not exist yet.
const AGAIN: Duration = Duration::from_secs(1);

/// What is watched.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    /// Folders, with all that is in them. They need not exist.
    pub(super) folders: Vec<PathBuf>,
    /// Single files.
    pub(super) files: Vec<PathBuf>,
}

impl Watched {
    /// Whether a path that was heard of is one of them. Hidden files, in which editors keep what is not saved, are not.
    fn has(&self, path: &Path) -> bool {
        let is_file = |file: &PathBuf| file.file_name() == path.file_name();
        // A folder may be named by way of a link; which name is heard is up to the system.
        let below = self.folders.iter().find_map(|folder| {
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let below = path.strip_prefix(folder).or_else(|_| path.strip_prefix(&real));
            below.ok().map(Path::to_owned)
        });
        match below {
            Some(below) => below
                .components()
                .all(|part| !part.as_os_str().to_string_lossy().starts_with('.')),
            None => self.files.iter().any(is_file),
        }
    }
}

/// Renews the editions whenever something of it changes, for as long as the program runs.
pub(super) fn watch(watched: Watched, editions: Arc<Editions>) -> Result<(), notify::Error> {
    let (heard, news) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is no news.
        if event
            .as_ref()
            .is_ok_and(|event| matches!(event.kind, EventKind::Access(_)))
        {
            return;
        }
        let paths = event.map(|event| event.paths).unwrap_or_default();
        // Nobody listens any more when the program ends.
        let _ = heard.send(paths);
    })?;
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || follow(watcher, &watched, &news, &editions))?;
    Ok(())
}

fn follow(
    mut watcher: RecommendedWatcher,
    watched: &Watched,
    news: &Receiver<Vec<PathBuf>>,
    editions: &Editions,
) {
    let mut files: Vec<PathBuf> = watched
        .files
        .iter()
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    let mut folders = watched.folders.clone();
    let mut is_first = true;
    loop {
        // A file that is saved is often a new file of the old name, so its folder is watched.
        files.retain(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_err());
        let missing = folders.len();
        folders.retain(|folder| watcher.watch(folder, RecursiveMode::Recursive).is_err());
        // One that was not there at first has come.
        if folders.len() < missing && !is_first {
            editions.renew();
        }
        is_first = false;
        let wait = if folders.is_empty() && files.is_empty() {
            Duration::from_secs(3600)
        } else {
            AGAIN
        };
        let mut paths = match news.recv_timeout(wait) {
            Ok(paths) => paths,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => continue,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return,
        };
        while let Ok(more) = news.recv_timeout(QUIET) {
            paths.extend(more);
        }
        // Something was done to a folder itself. If it was removed and made anew, that is another folder.
        for folder in &watched.folders {
            if paths.contains(folder) && !folders.contains(folder) {
                let _ = watcher.unwatch(folder);
                folders.push(folder.clone());
            }
        }
        let is_news = paths.iter().any(|path| watched.has(path));
        if is_news {
            editions.renew();
        }
    }
}
