//! The report of `invite zoom push` and `invite zoom delete` on one meeting.

use crate::command::session::Session;
use crate::command::{DONE, online_meeting};
use crate::pipeline::PushReport;

pub(super) fn show_report(session: &Session<'_>, report: &PushReport) -> u8 {
    session.terminal.result(report, || {
        let text = online_meeting::line(&report.online, false);
        if text.is_empty() {
            "there is no Zoom meeting of it\n".to_owned()
        } else {
            text
        }
    });
    DONE
}
