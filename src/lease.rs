//! The holders of leases on work that only one process may do at a time: pushing a meeting, delivering an invitation,
//! renewing a token.
//!
//! A lease ends by itself. In addition, a holder names its process. So on the same machine the leases of a killed
//! process are free at once, and not only after their time.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The holder of a lease: a process, and one piece of work in it.
///
/// Its form is `<machine>/<pid>.<start>/<work>`. The machine is identified by the kernel's boot id and the namespace of
/// process numbers, so that two containers differ, and so does one machine before and after a restart. The text is
/// short, because it is written to each invitation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holder(String);

impl Holder {
    /// A new holder in this process.
    #[must_use]
    pub fn new() -> Self {
        static PROCESS: LazyLock<String> = LazyLock::new(|| {
            let pid = std::process::id();
            let started = start_time(pid).unwrap_or_default();
            let machine = machine().map(|machine| digest_of(&machine));
            format!("{}/{pid}.{started}", machine.unwrap_or_default())
        });
        let (work, _) = Uuid::new_v4().as_u64_pair();
        Self(format!("{}/{work:016x}", *PROCESS))
    }

    /// A holder from a text that [`Holder::as_str`] returned.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The holder as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the process has certainly ended. It is `false` if this cannot be known, because the process runs on
    /// another machine or this system does not tell. Its leases then only end by time.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let Some((boot, rest)) = self.0.split_once('/') else {
            return false;
        };
        // Earlier versions wrote the machine in full.
        let is_here = |here: String| here == boot || digest_of(&here) == boot;
        if boot.is_empty() || !machine().is_some_and(is_here) {
            return false;
        }
        let process = rest.split('/').next().and_then(|process| process.split_once('.'));
        let Some((pid, started)) =
            process.and_then(|(pid, started)| Some((pid.parse::<u32>().ok()?, started)))
        else {
            return false;
        };
        if started.is_empty() {
            return false;
        }
        start_time(pid).as_deref() != Some(started)
    }
}

impl Default for Holder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The boot id and the namespace of process numbers. `None`: there is no `/proc`.
fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}-{}", boot.trim(), namespace.to_string_lossy()))
}

fn digest_of(machine: &str) -> String {
    format!("{:.16x}", Sha256::digest(machine))
}

/// When a process started, in clock ticks since boot: field 22 of `/proc/<pid>/stat` (proc(5)). `None`: the process has
/// ended, even if it has not been reaped yet.
fn start_time(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    // The command's name, in brackets, may itself contain spaces and brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") && !has_other_threads(pid) {
        None
    } else {
        fields.nth(18).map(str::to_owned)
    }
}

/// Whether a process whose first thread has ended has other threads. These may still hold files and write to them.
fn has_other_threads(pid: u32) -> bool {
    let threads = std::fs::read_dir(Path::new("/proc").join(pid.to_string()).join("task"));
    threads.is_ok_and(|threads| threads.count() > 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_there_and_its_works_differ() {
        assert_ne!(Holder::new(), Holder::new());
        assert!(!Holder::new().is_gone());
    }

    #[test]
    fn a_process_that_ended_is_gone() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let machine = machine().unwrap();
        let holders = [digest_of(&machine), machine].map(|machine| {
            let started = start_time(child.id()).unwrap();
            Holder(format!("{machine}/{}.{started}/x", child.id()))
        });
        assert!(!holders.iter().any(Holder::is_gone));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(holders.iter().all(Holder::is_gone));
    }

    #[test]
    fn of_another_machine_nothing_is_known() {
        assert!(!Holder("another-machine/1.5/x".into()).is_gone());
        assert!(!Holder("nonsense".into()).is_gone());
    }
}
