//! The people and meetings of the sandbox hold together, and its Zoom knows its hosts.

use std::collections::BTreeSet;

use invite::meeting::{Acceptance, Attendee, EmailAddress, Language, MeetingStatus, Zone};
use invite::sandbox::zoom::{License, UserStatus, ZoomWorld};
use serde_json::Value;

fn fixtures() -> Value {
    serde_json::from_str(include_str!("../../fixtures/sandbox.json")).unwrap_or_default()
}

fn records<'a>(fixtures: &'a Value, kind: &str) -> &'a [Value] {
    fixtures[kind].as_array().map_or(&[], Vec::as_slice)
}

/// Users, contacts and leads, each with its kind.
fn people(fixtures: &Value) -> Vec<(&'static str, &Value)> {
    [("user", "users"), ("contact", "contacts"), ("lead", "leads")]
        .into_iter()
        .flat_map(|(kind, list)| records(fixtures, list).iter().map(move |person| (kind, person)))
        .collect()
}

fn attendees(meeting: &Value) -> Vec<Attendee> {
    serde_json::from_value(meeting["attendees"].clone()).unwrap_or_default()
}

#[test]
fn people_have_addresses_zones_and_languages_that_exist() {
    let fixtures = fixtures();
    let people = people(&fixtures);
    assert_eq!(people.len(), 11);
    for (kind, person) in people {
        let name = format!("{kind} {}", person["id"]);
        let email: EmailAddress = person["email"].as_str().unwrap().parse().unwrap();
        assert!(email.domain().ends_with(".example"), "{name}");
        if let Some(zone) = person["time_zone"].as_str() {
            assert!(Zone::new(zone).is_ok(), "{name}: {zone}");
        }
        if let Some(language) = person["language"].as_str() {
            assert!(Language::new(language).is_ok(), "{name}: {language}");
        }
    }
    let longest = records(&fixtures, "contacts")
        .iter()
        .find(|contact| contact["id"] == "maxi");
    assert_eq!(longest.unwrap()["name"].as_str().unwrap().chars().count(), 100);
}

#[test]
fn meetings_name_people_that_exist() {
    let fixtures = fixtures();
    let known: BTreeSet<String> = people(&fixtures)
        .iter()
        .map(|(kind, person)| format!("{kind}:{}", person["id"].as_str().unwrap()))
        .collect();
    let meetings = records(&fixtures, "meetings");
    assert_eq!(meetings.len(), 7);
    for meeting in meetings {
        let id = &meeting["id"];
        assert!(Zone::new(meeting["time_zone"].as_str().unwrap()).is_ok(), "{id}");
        assert!(
            serde_json::from_value::<MeetingStatus>(meeting["status"].clone()).is_ok(),
            "{id}"
        );
        let host = format!("user:{}", meeting["assigned_user"].as_str().unwrap());
        assert!(known.contains(&host), "{id}: {host}");
        let attendees = attendees(meeting);
        assert!(!attendees.is_empty(), "{id}");
        for attendee in attendees {
            assert!(
                known.contains(&attendee.person.to_string()),
                "{id}: {}",
                attendee.person
            );
        }
    }
}

#[test]
fn the_kickoff_has_three_to_mail_and_one_to_skip() {
    let fixtures = fixtures();
    let kickoff = &records(&fixtures, "meetings")[0];
    assert_eq!(kickoff["id"], "kickoff");
    let statuses: Vec<Acceptance> = attendees(kickoff)
        .iter()
        .map(|attendee| attendee.status)
        .collect();
    let none = statuses
        .iter()
        .filter(|status| **status == Acceptance::None)
        .count();
    assert_eq!((statuses.len(), none), (4, 3));
}

#[test]
fn zoom_knows_those_who_are_enabled_for_it() {
    let fixtures = fixtures();
    let world = ZoomWorld::sandbox();
    for user in records(&fixtures, "users") {
        let at_zoom = world.user(user["email"].as_str().unwrap());
        let hosts = at_zoom
            .is_some_and(|user| user.license == License::Licensed && user.status == UserStatus::Active);
        assert_eq!(hosts, user["zoom"]["enabled"] == true, "{}", user["id"]);
    }
}
