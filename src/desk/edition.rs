//! Editions: the templates and the organization, as their files are at one moment.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::app::{App, sender_of};
use crate::calendar::{AttendeeList, Times};
use crate::config::Config;
use crate::fault::{BoxFault, Fault, chain};
use crate::hints::{hint, say};
use crate::mail::Mailbox;
use crate::organization::Organization;
use crate::pipeline::Trials;
use crate::template::{TemplateError, Templates};

/// The configuration of templates.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The organization.
    pub(crate) organization: Organization,
    /// The folder of templates, which need not exist.
    pub(crate) dir: PathBuf,
    /// The sender of mails.
    pub(crate) sender: Mailbox,
    /// How calendar objects write times.
    pub(crate) times: Times,
    /// Which attendees calendar objects list.
    pub(crate) attendees: AttendeeList,
}

impl Setting {
    /// The configuration's part about templates. If no mail server is configured, the sender is an example.
    ///
    /// # Errors
    /// When the example is no valid address, which does not happen in practice.
    pub(crate) fn of(config: &Config) -> Result<Self, BoxFault> {
        let organization = config.organization.clone();
        let sender = match &config.smtp {
            Some(smtp) => sender_of(smtp),
            None => Mailbox::new(&organization.name, App::example_sender()?.address),
        };
        Ok(Self {
            organization,
            dir: config.templates.dir.clone(),
            sender,
            times: config.calendar.times,
            attendees: config.calendar.attendees,
        })
    }

    /// The folder of templates, if it exists.
    pub(crate) fn existing_dir(&self) -> Option<&Path> {
        Some(self.dir.as_path()).filter(|dir| dir.is_dir())
    }

    /// A maker of trial mails, with the templates as their files are now.
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

/// Reads the configuration again.
pub(crate) type ReadSetting = dyn Fn() -> Result<Setting, BoxFault> + Send + Sync;

/// An error, in the form in which the desk shows it.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    /// The places in files, with their lines of source.
    pub(crate) report: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Wrong {
    pub(crate) fn new(fault: &dyn Fault) -> Self {
        Self {
            message: chain(fault),
            report: fault.report_in(&say),
            hint: hint(fault),
        }
    }
}

/// The state of the files at one moment.
#[derive(Debug)]
pub(crate) struct Edition {
    /// The number of the edition. It counts up from 1.
    pub(crate) number: u64,
    /// The folder of templates, if it exists.
    pub(crate) dir: Option<PathBuf>,
    pub(crate) content: Result<Content, Wrong>,
}

/// The content of an edition without errors.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) organization: Organization,
    pub(crate) trials: Trials,
}

/// The latest edition, and the announcement of new ones. One thread renews it.
pub(crate) struct Editions {
    read: Box<ReadSetting>,
    latest: RwLock<Arc<Edition>>,
    news: watch::Sender<u64>,
}

impl Editions {
    pub(crate) fn new(read: Box<ReadSetting>) -> Self {
        let first = Edition::of(1, &*read);
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

    /// Reads all files again, and announces the new edition.
    pub(crate) fn renew(&self) {
        let number = self.latest().number + 1;
        let next = Arc::new(Edition::of(number, &*self.read));
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = next;
        self.news.send_replace(number);
    }
}

impl Edition {
    fn of(number: u64, read: &ReadSetting) -> Self {
        let setting = match read() {
            Ok(setting) => setting,
            Err(fault) => {
                return Self {
                    number,
                    dir: None,
                    content: Err(Wrong::new(&fault)),
                };
            }
        };
        let trials = setting.trials();
        Self {
            number,
            dir: setting.existing_dir().map(Path::to_owned),
            content: match trials {
                Ok(trials) => Ok(Content {
                    organization: setting.organization,
                    trials,
                }),
                Err(error) => Err(Wrong::new(&error)),
            },
        }
    }
}
