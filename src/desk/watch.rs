//! Watches files for changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::edition::Editions;

/// How long no change must happen before files are read. An editor makes several changes in a row when it saves.
const QUIET: Duration = Duration::from_millis(15);
/// How often the watcher looks for a folder that does not exist yet.
const AGAIN: Duration = Duration::from_secs(1);

/// The watched files and folders.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    /// Folders with all their content. They need not exist.
    pub(super) folders: Vec<PathBuf>,
    /// Single files.
    pub(super) files: Vec<PathBuf>,
}

impl Watched {
    /// Whether a changed path is watched. Hidden files are not watched, because editors keep unsaved text in them.
    fn has(&self, path: &Path) -> bool {
        let is_file = |file: &PathBuf| file.file_name() == path.file_name();
        // A folder may be named through a link. It depends on the system which of its names the events have.
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

/// Renews the editions after each change of a watched file, until the program ends.
pub(super) fn watch(watched: Watched, editions: Arc<Editions>) -> Result<(), notify::Error> {
    let (heard, news) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is no change.
        if event
            .as_ref()
            .is_ok_and(|event| matches!(event.kind, EventKind::Access(_)))
        {
            return;
        }
        let paths = event.map(|event| event.paths).unwrap_or_default();
        // When the program ends, the other side is gone.
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
        // Saving often replaces a file by a new file of the same name, so the file's folder is watched.
        files.retain(|folder| watcher.watch(folder, RecursiveMode::NonRecursive).is_err());
        let missing = folders.len();
        folders.retain(|folder| watcher.watch(folder, RecursiveMode::Recursive).is_err());
        // A folder that did not exist at first has been made.
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
        // A folder itself was changed. If it was removed and made again, the new folder has to be watched.
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
