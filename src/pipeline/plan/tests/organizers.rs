//! Organizers, and the UID of each.

use super::story::{Story, address, person};
use super::{assert_is, ben, to};
use crate::mail::DeliveryState;
use crate::meeting::Acceptance::{Accepted, None as Unanswered};
use crate::meeting::{JoinUrl, Meeting, MeetingStatus, Person, PersonId, PersonRef, Revision, Tenure};
use crate::pipeline::plan::{Aim, plan};
use crate::pipeline::{Pick, SendOptions};

#[test]
fn the_organizer_is_not_invited() {
    let mut story = Story::new();
    story.people.push((Accepted, story.host.clone()));
    story.move_to("lee", "ana");
    assert_is(
        &story.send(),
        &[
            "kim Invitation 0",
            "ana skip HoldsMeeting",
            "ana skip HoldsMeeting",
        ],
    );
    // The organizer's own answer does not end with a new time.
    story.answer("kim", Accepted);
    story.start(1);
    let said = story.send();
    assert_eq!(said.last().unwrap(), "kim answer ends");
    assert_eq!(said.len(), 4);
}

#[test]
fn under_another_organizer_the_old_uid_ends_and_a_new_one_begins() {
    let mut story = Story::new();
    story.meeting.set_uid("of-the-crm@acme.example").unwrap();
    story.send();
    story.answer("kim", Accepted);
    story.host = ben();
    assert_is(
        &story.plan(Aim::Renew),
        &["kim skip NotPicked", "lee skip NotPicked", "kim answer ends"],
    );
    assert_is(
        &story.send(),
        &[
            "kim NewOrganizer 1 after 1",
            "kim Update(0) 0 of tenure 1 after 1",
            "lee NewOrganizer 1 after 2",
            "lee Update(0) 0 of tenure 1 after 2",
            "kim answer ends",
        ],
    );
    let uids: Vec<_> = story.history.iter().map(|issued| issued.uid.clone()).collect();
    assert_eq!(uids.len(), 3);
    assert_eq!(uids[0], "of-the-crm@acme.example");
    assert_eq!(uids[1], uids[0]);
    assert!(
        uids[2] != uids[0] && uids[2].ends_with("@acme.example"),
        "{uids:?}"
    );
    assert_is(
        &story.send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
        ],
    );
    // The one before becomes an attendee, and the one after was one: the old UID ends there too.
    let ana = Person::new(
        PersonRef::user(PersonId::new("ana").unwrap()),
        "ana",
        Some(address("ana")),
    );
    story.people.push((Unanswered, ana));
    assert_eq!(story.send()[2], "ana Invitation 0 of tenure 1");
    story.host = person("kim");
    let said = story.send();
    assert!(
        said.contains(&"kim NewOrganizer 1 of tenure 1 after 1".to_owned())
            && said.contains(&"kim skip HoldsMeeting".to_owned())
            && said.contains(&"ana Update(2) 0 of tenure 2 after 7".to_owned())
            && said.contains(&"ana NewOrganizer 1 of tenure 1 after 7".to_owned()),
        "{said:?}"
    );
    assert!(!said.iter().any(|step| step.contains("of tenure 0")), "{said:?}");
    assert_eq!(story.history.last().unwrap().tenure, Tenure(2));
}

#[test]
fn whoever_is_removed_as_the_organizer_changes_hears_of_the_removal_alone() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.host = ben();
    assert_is(
        &story.send(),
        &[
            "lee NewOrganizer 1 after 2",
            "lee Update(0) 0 of tenure 1 after 2",
            "kim Removed 1 after 1",
        ],
    );
    // What the objects of the ended tenure said is no matter of its end.
    assert_eq!(story.history[1].content, None);
    assert_eq!(story.history[1].answers.as_ref().unwrap().len(), 0);
}

#[test]
fn each_earlier_tenure_ends_with_a_revision_of_its_own() {
    let mut story = Story::new();
    story.add("max");
    story.send();
    story.host = ben();
    story.send_with(&to(&["lee@acme.example"]));
    story.host = person("noa");
    let said = story.send();
    let ends: Vec<_> = said.iter().filter(|step| step.contains("NewOrganizer")).collect();
    assert_eq!(
        ends,
        [
            "kim NewOrganizer 1 after 1",
            "lee NewOrganizer 1 of tenure 1 after 2",
            "max NewOrganizer 1 after 3",
        ]
    );
}

#[test]
fn the_new_organizer_hears_once_that_the_old_uid_ends() {
    let mut story = Story::new();
    story.send();
    story.host = person("kim");
    story.move_to("lee", "kim");
    let said = story.plan_send();
    assert_is(
        &said,
        &[
            "kim NewOrganizer 1 after 1",
            "kim skip HoldsMeeting",
            "kim skip HoldsMeeting",
            "lee Removed 1 after 2",
        ],
    );
}

#[test]
fn a_revision_is_recorded_once_and_again_when_its_organizer_was_not_known() {
    let mut story = Story::new();
    let is_new = |story: &Story| {
        let case = story.case();
        let options = SendOptions::default();
        plan(&case, Aim::Send(&options), story.now, "acme.example").issues[0].is_new
    };
    assert!(is_new(&story));
    story.send();
    assert!(!is_new(&story));
    story.history[0].organizer = None;
    assert!(is_new(&story));
    story.send();
    assert_eq!(story.history[0].organizer.as_ref().unwrap().name, "ana");
    assert_eq!(story.history.len(), 1);
}

#[test]
fn two_meetings_have_two_uids_and_one_has_the_same_each_time() {
    let uid = |id: &str| {
        let mut story = Story::new();
        let (name, when, zone) = (
            story.meeting.name().to_owned(),
            story.meeting.when,
            story.meeting.time_zone.clone(),
        );
        story.meeting = Meeting::new(id.parse().unwrap(), name, when, zone).unwrap();
        story.send();
        story.history[0].uid.clone()
    };
    assert_eq!(uid("a"), uid("a"));
    // As of the first version: meetings that were sent then go on under it.
    assert_eq!(uid("a"), "13264613-2cd6-59f1-bd2c-55700478ddb8@acme.example");
    assert_ne!(uid("a"), uid("b"));
}

#[test]
fn a_removed_mailbox_of_an_earlier_organizer_ends_above_all_that_any_mailbox_saw() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.send();
    // The CANCEL to Kim was revision 1; the end of the tenure for Lee, who saw 0, may be that one.
    story.host = ben();
    let said = story.send();
    assert_eq!(said[0], "lee NewOrganizer 1 after 2");
    let last: Vec<_> = story
        .history
        .iter()
        .map(|issued| (issued.tenure.0, issued.revision.0))
        .collect();
    assert_eq!(last, [(0, 0), (0, 1), (1, 0)]);
}

#[test]
fn a_cancel_names_the_organizer_of_the_invitation() {
    let mut story = Story::new();
    story.send();
    story.meeting.status = MeetingStatus::NotHeld;
    story.host = ben();
    assert_is(&story.cancel(&[]), &["kim Off 1 after 1", "lee Off 1 after 2"]);
    let last = story.history.last().unwrap();
    assert_eq!(last.organizer.as_ref().unwrap().name, "ana");
    assert_eq!((last.tenure, last.revision), (Tenure(0), Revision(1)));
}

#[test]
fn a_link_is_a_change() {
    let mut story = Story::new();
    story.send();
    story.meeting.join_url = Some(JoinUrl::new("https://acme.zoom.us/j/1").unwrap());
    assert_is(
        &story.plan_send(),
        &["kim Update(0) 1 after 1", "lee Update(0) 1 after 2"],
    );
}

#[test]
fn a_renewal_is_about_those_for_whom_something_waits() {
    let mut story = Story::new();
    story.queue();
    story.message(2).state = DeliveryState::Sent;
    story.start(1);
    assert_is(&story.renew(), &["kim Invitation 1 for 1", "lee skip NotPicked"]);
    story.remove("kim");
    story.remove("lee");
    // Lee's removal is for the next send.
    assert_is(&story.renew(), &["kim calls off 3 NotInvited"]);
    assert_is(&story.plan_send(), &["lee Removed 1 after 2"]);
    let picks: [Pick; 0] = [];
    assert_is(&story.plan(Aim::Cancel(&picks)), &["lee Removed 1 after 2"]);
}
