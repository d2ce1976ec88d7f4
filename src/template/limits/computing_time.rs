//! The time that a thread has computed. Time in which other threads have the processor does not count. So a busy
//! machine accepts the same templates as an idle one.

use std::time::Duration;

/// A clock that stands while its thread waits. On systems without a clock for threads, it is a clock that always runs.
#[derive(Debug, Clone, Copy)]
pub(in crate::template) struct ComputingTime {
    #[cfg(unix)]
    began: Duration,
    #[cfg(not(unix))]
    began: std::time::Instant,
}

#[cfg(unix)]
impl ComputingTime {
    pub(in crate::template) fn begin() -> Self {
        Self {
            began: of_this_thread(),
        }
    }

    /// How long this thread has computed since the beginning. The thread must be the one that began.
    pub(in crate::template) fn spent(self) -> Duration {
        of_this_thread().saturating_sub(self.began)
    }
}

#[cfg(unix)]
fn of_this_thread() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

#[cfg(not(unix))]
impl ComputingTime {
    pub(in crate::template) fn begin() -> Self {
        Self {
            began: std::time::Instant::now(),
        }
    }

    pub(in crate::template) fn spent(self) -> Duration {
        self.began.elapsed()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn it_stands_while_the_thread_waits_and_goes_while_it_computes() {
        let time = ComputingTime::begin();
        std::thread::sleep(Duration::from_millis(200));
        let waited = time.spent();
        assert!(waited < Duration::from_millis(100), "{waited:?}");
        let mut sum = 0_u64;
        while time.spent() < waited + Duration::from_millis(20) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(sum > 0);
    }
}
