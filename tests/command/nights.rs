//! Times, in zones with odd offsets and on the nights when clocks change. The expected local times are worked out
//! by hand from the zones' published rules.

use serde_json::{Value, json};

use crate::desk::Desk;

struct Night {
    id: &'static str,
    /// As in the import file.
    when: (&'static str, &'static str, &'static str),
    /// In UTC, as in a calendar object.
    instants: (&'static str, &'static str),
    minutes: u32,
    zone_at_zoom: &'static str,
    /// For readers in Berlin, St. John's, Jerusalem and on Lord Howe Island.
    read: [&'static str; 4],
}

const READERS: [(&str, &str, &str); 4] = [
    ("berlin", "Europe/Berlin", "de"),
    ("stjohns", "America/St_Johns", "en-CA"),
    // There are no labels in Welsh: words and dates are the organization's.
    ("jerusalem", "Asia/Jerusalem", "cy"),
    ("lordhowe", "Australia/Lord_Howe", "en-AU"),
];

const NIGHTS: [Night; 5] = [
    Night {
        // 02:00 becomes 03:00: an hour, not two.
        id: "spring-in-berlin",
        when: ("2027-03-28T01:30:00", "2027-03-28T03:30:00", "Europe/Berlin"),
        instants: ("20270328T003000Z", "20270328T013000Z"),
        minutes: 60,
        zone_at_zoom: "Europe/Berlin",
        read: [
            "Sonntag, 28. März 2027 um 01:30 Mitteleuropäische Normalzeit – Sonntag, 28. März 2027 um 03:30 Mitteleuropäische Sommerzeit",
            "Saturday, March 27, 2027 at 10:00 – 11:00 p.m. (Newfoundland Time)",
            "Sunday, March 28, 2027 at 3:30 – 4:30 AM (Israel Time)",
            "Sunday 28 March 2027 at 11:30 am – 12:30 pm (Lord Howe Time)",
        ],
    },
    Night {
        // 03:00 becomes 02:00: half past two comes twice. Israel's clocks have changed an hour and a half before.
        id: "autumn-in-berlin",
        when: ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "Europe/Berlin"),
        instants: ("20271031T003000Z", "20271031T013000Z"),
        minutes: 60,
        zone_at_zoom: "Europe/Berlin",
        read: [
            "Sonntag, 31. Oktober 2027 um 02:30 Mitteleuropäische Sommerzeit – Sonntag, 31. Oktober 2027 um 02:30 Mitteleuropäische Normalzeit",
            "Saturday, October 30, 2027 at 10:00 – 11:00 p.m. (Newfoundland Time)",
            "Sunday, October 31, 2027 at 2:30 – 3:30 AM (Israel Standard Time)",
            "Sunday 31 October 2027 at 11:30 am – 12:30 pm (Lord Howe Time)",
        ],
    },
    Night {
        // Lord Howe's clocks go back by half an hour at 02:00; Zoom does not list the zone.
        id: "autumn-on-lord-howe",
        when: (
            "2027-04-03T14:45:00Z",
            "2027-04-03T15:30:00Z",
            "Australia/Lord_Howe",
        ),
        instants: ("20270403T144500Z", "20270403T153000Z"),
        minutes: 45,
        zone_at_zoom: "UTC",
        read: [
            "Samstag, 3. April 2027 um 16:45–17:30 (Mitteleuropäische Zeit)",
            "Saturday, April 3, 2027 at 12:15 – 1:00 p.m. (Newfoundland Time)",
            "Saturday, April 3, 2027 at 5:45 – 6:30 PM (Israel Time)",
            "Sunday 4 April 2027 at 1:45 am Lord Howe Daylight Time – Sunday 4 April 2027 at 2:00 am Lord Howe Standard Time",
        ],
    },
    Night {
        // 02:00 becomes 03:00 in Israel, on a Friday, two days before Europe.
        id: "spring-in-jerusalem",
        when: ("2027-03-26T01:30:00", "2027-03-26T03:30:00", "Asia/Jerusalem"),
        instants: ("20270325T233000Z", "20270326T003000Z"),
        minutes: 60,
        zone_at_zoom: "Asia/Jerusalem",
        read: [
            "Freitag, 26. März 2027 um 00:30–01:30 (Mitteleuropäische",
            "Thursday, March 25, 2027 at 9:00 – 10:00 p.m. (Newfoundland Time)",
            "Friday, March 26, 2027 at 1:30 AM Israel Standard Time – Friday, March 26, 2027 at 3:30 AM Israel Daylight Time",
            "Friday 26 March 2027 at 10:30 – 11:30 am (Lord Howe Time)",
        ],
    },
    Night {
        // Three and a half hours behind UTC, on no special day.
        id: "winter-in-st-johns",
        when: ("2026-12-10T10:30:00", "2026-12-10T11:45:00", "America/St_Johns"),
        instants: ("20261210T140000Z", "20261210T151500Z"),
        minutes: 75,
        zone_at_zoom: "America/St_Johns",
        read: [
            "Donnerstag, 10. Dezember 2026 um 15:00–16:15 (Mitteleuropäische",
            "Thursday, December 10, 2026 at 10:30 – 11:45 a.m. (Newfoundland Time)",
            "Thursday, December 10, 2026 at 4:00 – 5:15 PM (Israel Time)",
            "Friday 11 December 2026 at 1:00 – 2:15 am (Lord Howe Time)",
        ],
    },
];

fn records() -> Value {
    let contacts: Vec<Value> = READERS
        .iter()
        .map(|(id, zone, language)| {
            json!({"id": id, "name": id, "email": format!("{id}@reader.example"), "time_zone": zone, "language": language})
        })
        .collect();
    let attendees: Vec<Value> = READERS
        .iter()
        .map(|(id, ..)| json!({"kind": "contact", "id": id}))
        .collect();
    let meetings: Vec<Value> = NIGHTS
        .iter()
        .map(|night| {
            let (start, end, zone) = night.when;
            json!({
                "id": night.id, "name": night.id, "online_location": "zoom", "start": start, "end": end,
                "time_zone": zone, "assigned_user": "ana", "attendees": attendees,
            })
        })
        .collect();
    json!({"contacts": contacts, "meetings": meetings})
}

#[test]
fn times_are_right_in_the_mail_in_the_calendar_and_at_zoom() {
    let desk = Desk::new();
    desk.import(&records());
    for (n, night) in NIGHTS.iter().enumerate() {
        let sent = desk.json(&format!("send --meeting {}", night.id));
        assert_eq!(sent["sent"], 4, "{sent}");
        let at_zoom = desk.zoom.meetings().remove(n);
        let start = at_zoom.start_time.unwrap();
        assert_eq!(
            (
                start.format("%Y%m%dT%H%M%SZ").to_string().as_str(),
                at_zoom.duration,
                at_zoom.timezone.as_str()
            ),
            (night.instants.0, night.minutes, night.zone_at_zoom)
        );
        let mails = desk.mail.mails().split_off(n * 4);
        for ((id, ..), read) in READERS.iter().zip(night.read) {
            let mail = mails
                .iter()
                .find(|mail| mail.to() == format!("{id}@reader.example"))
                .unwrap();
            let text = mail.text();
            let when = text
                .lines()
                .find(|line| line.starts_with("When: ") || line.starts_with("Wann: "));
            let when = when.unwrap_or_else(|| panic!("{text}"));
            assert!(when[6..].starts_with(read), "{}: {when}", night.id);
            let calendar = mail.calendar();
            assert_eq!(calendar.line("DTSTART").as_deref(), Some(night.instants.0));
            assert_eq!(calendar.line("DTEND").as_deref(), Some(night.instants.1));
        }
    }
}

#[test]
fn a_local_time_that_does_not_exist_or_comes_twice_is_refused() {
    let desk = Desk::unconnected();
    let before = desk.json("meeting list");
    for (start, word) in [("2027-03-28T02:30:00", "skip"), ("2027-10-31T02:30:00", "twice")] {
        let record = json!({"meetings": [{
            "id": "night", "name": "Night", "start": start, "end": "2027-11-01T00:00:00Z",
            "time_zone": "Europe/Berlin", "assigned_user": "ana",
        }]});
        desk.write("night.json", &record.to_string());
        let error = desk.fails("import night.json", 65, "import.invalid");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("meetings[0].start") && message.contains(word),
            "{message}"
        );
        let error = desk.fails(
            &format!("meeting edit kickoff --start {start}"),
            65,
            "meeting.local_time",
        );
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }
    assert_eq!(desk.json("meeting list"), before);
}

#[test]
fn days_are_days_wherever_they_are_read() {
    let desk = Desk::new();
    let mut records = records();
    records["meetings"] = json!([{
        "id": "offsite", "name": "Offsite", "all_day": true, "start_date": "2027-03-27", "end_date": "2027-03-28",
        "time_zone": "Europe/Berlin", "assigned_user": "ana",
        "attendees": [{"kind": "contact", "id": "stjohns"}, {"kind": "contact", "id": "lordhowe"}],
    }]);
    desk.import(&records);
    assert_eq!(desk.json("send --meeting offsite")["sent"], 2);
    for (address, read) in [
        ("stjohns@reader.example", "March 27"),
        ("lordhowe@reader.example", "27"),
    ] {
        let mail = desk.mail.mail_to(address);
        let calendar = mail.calendar();
        assert_eq!(calendar.line("DTSTART").as_deref(), Some("VALUE=DATE:20270327"));
        assert_eq!(calendar.line("DTEND").as_deref(), Some("VALUE=DATE:20270329"));
        let text = mail.text();
        let when = text.lines().find(|line| line.starts_with("When: ")).unwrap();
        assert!(when.contains(read) && when.contains("28"), "{when}");
        // No time of day: the only colon is the one after the label.
        assert_eq!(when.matches(':').count(), 1, "{when}");
    }
}
