//! When a meeting is, on the invitee's clock.

use invite::meeting::{When, Zone};

use crate::mail::{Mail, timed};

#[test]
fn the_clock_is_the_invitees() {
    for (zone, line, subject) in [
        (
            "America/St_Johns",
            "Tuesday, December 1, 2026 at 5:30 – 6:15 AM (Newfoundland Time)",
            "5:30 AM",
        ),
        (
            "Australia/Lord_Howe",
            "Tuesday, December 1, 2026 at 8:00 – 8:45 PM (Lord Howe Time)",
            "8:00 PM",
        ),
        (
            "Asia/Jerusalem",
            "Tuesday, December 1, 2026 at 11:00 – 11:45 AM (Israel Time)",
            "11:00 AM",
        ),
        // British Columbia has not put its clocks back in November 2026.
        (
            "America/Vancouver",
            "Tuesday, December 1, 2026 at 2:00 – 2:45 AM (Pacific Time)",
            "2:00 AM",
        ),
        (
            "Pacific/Kiritimati",
            "Tuesday, December 1, 2026 at 11:00 – 11:45 PM (Line Islands Time)",
            "11:00 PM",
        ),
    ] {
        let mut mail = Mail::new("en");
        mail.zone = Zone::new(zone).unwrap();
        let rendered = mail.render();
        let text = rendered.text.replace('\u{a0}', " ");
        assert!(text.contains(line), "{zone}: {text}");
        assert!(
            rendered.subject.replace('\u{a0}', " ").contains(subject),
            "{zone}"
        );
        // The organizer's own time is told too.
        assert!(
            text.contains("10:00 – 10:45 AM (Central European Time)"),
            "{zone}: {text}"
        );
    }
}

#[test]
fn the_night_of_a_clock_change_tells_summer_from_winter() {
    let mut mail = Mail::new("en-GB");
    // 02:30 in summer time to 02:30 in winter time, an hour later.
    mail.meeting.when = timed("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    let text = mail.render().text;
    assert!(
        text.contains(
            "Sunday, 25 October 2026 at 02:30 Central European Summer Time – \
             Sunday, 25 October 2026 at 02:30 Central European Standard Time"
        ),
        "{text}"
    );
    assert!(text.contains("Duration: 1 hour"), "{text}");
    // Lord Howe moves by half an hour.
    mail.meeting.when = timed("2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z");
    mail.zone = Zone::new("Australia/Lord_Howe").unwrap();
    let text = mail.render().text;
    assert!(
        text.contains("01:45 Lord Howe Daylight Time") && text.contains("Duration: 30 minutes"),
        "{text}"
    );
    assert!(text.contains("01:45 Lord Howe Standard Time"), "{text}");
}

#[test]
fn whole_days_are_the_same_days_everywhere() {
    let mut mail = Mail::new("en");
    mail.meeting.when = When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        mail.zone = Zone::new(zone).unwrap();
        let rendered = mail.render();
        assert!(
            rendered
                .text
                .contains("When: Thursday, December 3, 2026 – Friday, December 4, 2026\n"),
            "{}",
            rendered.text
        );
        assert!(!rendered.text.contains("AM") && !rendered.text.contains("For the organizer"));
        assert!(
            rendered.subject.ends_with("(Thu, Dec 3, 2026)"),
            "{}",
            rendered.subject
        );
    }
}
