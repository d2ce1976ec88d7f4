//! What is shown: the templates and the organization as the files have them at one moment.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::calendar::{AttendeeList, Times};
use crate::fault::{BoxFault, Fault, chain};
use crate::mail::Mailbox;
use crate::organization::Organization;
use crate::pipeline::Trials;
use crate::template::{TemplateError, Templates};

/// What the configuration says about templates.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Who invites.
    pub(crate) organization: Organization,
    /// The folder of templates, which need not exist.
    pub(crate) dir: PathBuf,
    /// From whom mails come.
    pub(crate) sender: Mailbox,
    /// How calendar objects write times.
    pub(crate) times: Times,
    /// Whom calendar objects list.
    pub(crate) attendees: AttendeeList,
}

impl Setting {
    /// The folder of templates, if there is one.
    pub(crate) fn existing_dir(&self) -> Option<&Path> {
        Some(self.dir.as_path()).filter(|dir| dir.is_dir())
    }

    /// What makes mails, with the templates as they are now.
    pub(crate) fn trials(&self) -> Result<Trials, TemplateError> {
        let templates = match self.existing_dir() {
            Some(dir) => Templates::with_dir(dir),
            None => Templates::built_in(),
        };
        Ok(Trials {
            templates: templates?,
            sender: self.sender.clone(),
            times: self.times,
            attendees: self.attendees,
        })
    }
}

/// Reads the configuration anew.
pub(crate) type ReadSetting = dyn Fn() -> Result<Setting, BoxFault> + Send + Sync;

/// Something that is wrong, as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    /// Places in files with their lines of source.
    pub(crate) report: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Wrong {
    pub(crate) fn new(fault: &dyn Fault) -> Self {
        Self {
            message: chain(fault),
            report: fault.report(),
            hint: fault.hint(),
        }
    }
}

/// One state of the files.
#[derive(Debug)]
pub(crate) struct Edition {
    /// Counts up from 1.
    pub(crate) number: u64,
    pub(crate) content: Result<Content, Wrong>,
}

/// What works.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) organization: Organization,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) trials: Trials,
}

/// The latest edition, and word of new ones.
pub(crate) struct Editions {
    read: Box<ReadSetting>,
    latest: RwLock<Arc<Edition>>,
    news: watch::Sender<u64>,
}

impl Editions {
    pub(crate) fn new(read: Box<ReadSetting>) -> Self {
        let first = Edition {
            number: 1,
            content: load(&*read),
        };
        Self {
            read,
            latest: RwLock::new(Arc::new(first)),
            news: watch::Sender::new(1),
        }
    }

    pub(crate) fn latest(&self) -> Arc<Edition> {
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Reads everything again, and tells whoever listens.
    pub(crate) fn renew(&self) {
        let content = load(&*self.read);
        let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        let number = latest.number + 1;
        *latest = Arc::new(Edition { number, content });
        drop(latest);
        self.news.send_replace(number);
    }
}

fn load(read: &ReadSetting) -> Result<Content, Wrong> {
    let setting = read().map_err(|fault| Wrong::new(&fault))?;
    Ok(Content {
        trials: setting.trials().map_err(|error| Wrong::new(&error))?,
        dir: setting.existing_dir().map(Path::to_owned),
        organization: setting.organization,
    })
}
