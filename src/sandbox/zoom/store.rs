//! The store of a world: in memory, or in a file that several processes may share.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::ZoomWorld;

/// A world, and its file.
#[derive(Debug)]
pub(super) struct Store {
    world: Mutex<ZoomWorld>,
    file: Option<WorldFile>,
}

#[derive(Debug)]
struct WorldFile {
    path: PathBuf,
    lock: PathBuf,
}

impl Store {
    pub(super) fn in_memory(world: ZoomWorld) -> Self {
        Self {
            world: Mutex::new(world),
            file: None,
        }
    }

    /// The world in a file. If there is no such file, it is made from `if_new`.
    pub(super) fn in_file(path: &Path, if_new: ZoomWorld) -> io::Result<Self> {
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let file = WorldFile {
            path: path.to_owned(),
            lock: lock.into(),
        };
        let _held = file.lock()?;
        let world = match file.read()? {
            Some((world, _)) => world,
            None => {
                file.write(&text(&if_new)?)?;
                if_new
            }
        };
        Ok(Self {
            world: Mutex::new(world),
            file: Some(file),
        })
    }

    /// Calls `act` with the world. When this returns, the change is in the file. Meanwhile no other thread or process
    /// has access to the world.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut ZoomWorld) -> T) -> io::Result<T> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &self.file else {
            return Ok(act(&mut world));
        };
        let _held = file.lock()?;
        let (read, before) = file.read()?.ok_or_else(|| {
            let gone = format!("{} was removed while in use", file.path.display());
            io::Error::new(io::ErrorKind::NotFound, gone)
        })?;
        *world = read;
        let result = act(&mut world);
        let after = text(&world)?;
        if after != before {
            file.write(&after)?;
        }
        Ok(result)
    }
}

impl WorldFile {
    /// The lock is held until the returned file is dropped. It has its own file, because the world's file is replaced.
    fn lock(&self) -> io::Result<File> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.lock)
            .map_err(|error| naming(&self.lock, &error))?;
        file.lock().map_err(|error| naming(&self.lock, &error))?;
        Ok(file)
    }

    fn read(&self) -> io::Result<Option<(ZoomWorld, String)>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(naming(&self.path, &error)),
        };
        let world = serde_json::from_str(&text).map_err(|error| {
            let reason = format!(
                "{} is not the state of an embedded Zoom, remove it to begin anew: {error}",
                self.path.display()
            );
            io::Error::new(io::ErrorKind::InvalidData, reason)
        })?;
        Ok(Some((world, text)))
    }

    /// Writes the file as a whole or not at all, even if the process is killed. No other process writes the new file,
    /// because the lock is held.
    fn write(&self, text: &str) -> io::Result<()> {
        let mut new = self.path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        fs::write(&new, text).map_err(|error| naming(&new, &error))?;
        fs::rename(&new, &self.path).map_err(|error| naming(&self.path, &error))
    }
}

fn text(world: &ZoomWorld) -> io::Result<String> {
    Ok(serde_json::to_string_pretty(world)?)
}

fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
