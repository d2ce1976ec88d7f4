//! Whatever moment a run ends at, the next one carries on: one Zoom meeting, one mail each.

use std::collections::{BTreeMap, BTreeSet};

use invite::meeting::PersonId;
use invite::online::LinkStore as _;
use invite::pipeline::SendOptions;
use invite::sandbox::zoom::ZoomWorld;

use crate::fuse::{End, Fuse};
use crate::stage::{INVITEES, Stage, kickoff, world, world_without_looking};
use crate::store_file;

/// What is sent, and over what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    /// Nothing was sent before.
    First,
    /// It was sent, and now it is at another time.
    Rescheduled,
    /// It was sent, and now somebody else holds it.
    HandedOver,
    /// It was sent, and then somebody deleted the Zoom meeting.
    Deleted,
}

impl Story {
    async fn begin(self, world: ZoomWorld) -> Stage {
        let stage = Stage::with(world, 1).await;
        if self == Self::First {
            return stage;
        }
        stage.send_before_it_begins().await;
        match self {
            Self::First => {}
            Self::Rescheduled => stage.reschedule().await,
            Self::HandedOver => {
                stage
                    .edit(|meeting| meeting.assigned_user = Some(PersonId::new("ben").unwrap()))
                    .await;
            }
            Self::Deleted => {
                let gone = invite::sandbox::zoom::Change::DeleteMeeting { id: None };
                stage.zoom.change(&gone).unwrap();
                stage.let_link_age().await;
            }
        }
        stage
    }

    fn host(self) -> &'static str {
        match self {
            Self::HandedOver => "ben@acme.example",
            _ => "ana@acme.example",
        }
    }

    fn start(self) -> &'static str {
        match self {
            Self::Rescheduled => "2036-12-01T11:00:00Z",
            _ => "2036-12-01T09:00:00Z",
        }
    }

    /// Who gets a mail. After the hand-over, Ana is a guest like the others.
    fn invitees(self) -> Vec<&'static str> {
        let mut invitees = INVITEES.to_vec();
        if self == Self::HandedOver {
            invitees.push("ana@acme.example");
        }
        invitees
    }

    /// Of the invitations. Another host has a UID of the host's own.
    fn sequence(self) -> i64 {
        i64::from(self == Self::Rescheduled)
    }

    /// Who is told that the entry of the host before is gone.
    fn cancelled(self) -> &'static [&'static str] {
        match self {
            Self::HandedOver => &INVITEES,
            _ => &[],
        }
    }
}

/// How often the outcome that is allowed, but not wished for, was met.
#[derive(Debug, Default)]
struct Tally {
    runs: usize,
    calls: BTreeSet<&'static str>,
    twice: BTreeSet<&'static str>,
    orphans: BTreeSet<&'static str>,
}

/// Ends a run at each of its calls in turn, lets a second run follow, and looks at what there is then.
async fn at_every_call(story: Story, end: End, world: fn() -> ZoomWorld) -> Tally {
    let mut tally = Tally::default();
    for passes in 0.. {
        let stage = story.begin(world()).await;
        let fuse = Fuse::after(passes, end);
        let result = stage.send_until(&fuse).await;
        tally.calls.extend(fuse.names());
        let Some(blown) = fuse.blown() else {
            let report = result.unwrap().unwrap();
            let mails = story.invitees().len() + story.cancelled().len();
            assert_eq!(report.sent, mails, "undisturbed: {report:?}");
            break;
        };
        tally.runs += 1;
        let moment = format!("{story:?}, {end:?} at call {passes}, {blown}");
        store_file::bury(&stage.database).await;
        let report = stage
            .try_send(&SendOptions::default())
            .await
            .unwrap_or_else(|error| panic!("{moment}: {error}"));
        assert_eq!(report.queued + report.failed, 0, "{moment}: {report:?}");
        check_zoom(&stage, story, &moment, blown, &mut tally).await;
        check_mails(&stage, story, &moment, blown, &mut tally);
        // And now everything is done.
        stage.zoom.forget_requests();
        let letters = stage.post.letters().len();
        let report = stage.try_send(&SendOptions::default()).await.unwrap();
        assert_eq!(report.sent + report.queued, 0, "{moment}: {report:?}");
        assert_eq!(stage.post.letters().len(), letters, "{moment}");
        assert!(stage.asked().is_empty(), "{moment}: {:?}", stage.asked());
    }
    tally
}

async fn check_zoom(stage: &Stage, story: Story, moment: &str, blown: &'static str, tally: &mut Tally) {
    let link = stage.link().await;
    assert!(!link.unsure, "{moment}");
    let mut living = stage.zoom.meetings().unwrap();
    let ours = living
        .iter()
        .position(|meeting| meeting.id.to_string() == link.id.0);
    let ours = living.remove(ours.unwrap_or_else(|| panic!("{moment}: our link leads nowhere")));
    assert_eq!(ours.join_url, link.join_url.as_str(), "{moment}");
    assert_eq!(
        stage.join_url().await.as_deref(),
        Some(ours.join_url.as_str()),
        "{moment}"
    );
    assert_eq!(ours.host_email, story.host(), "{moment}");
    assert_eq!(ours.start_time, Some(story.start().parse().unwrap()), "{moment}");
    let superseded = stage.database.superseded(&kickoff()).await.unwrap();
    assert!(superseded.is_empty(), "{moment}: {superseded:?}");
    // A second one only where it could not be looked for, and then it is known that there may be one.
    let orphans = stage.database.orphans().await.unwrap();
    for meeting in &living {
        let is_known = |marker: &str| meeting.agenda.contains(marker);
        assert!(
            orphans.iter().any(|orphan| is_known(&orphan.intent.marker)),
            "{moment}: {meeting:?}"
        );
    }
    if !orphans.is_empty() {
        tally.orphans.insert(blown);
    }
}

fn check_mails(stage: &Stage, story: Story, moment: &str, blown: &'static str, tally: &mut Tally) {
    let join_url = stage
        .zoom
        .with_world(|world| world.living_meetings().last().unwrap().join_url.clone());
    let join_url = join_url.unwrap();
    let mut by_recipient: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cancelled: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for letter in stage.post.letters() {
        if letter.calendar().method() == "CANCEL" {
            assert_eq!(letter.calendar().sequence(), 1, "{moment}");
            cancelled
                .entry(letter.to.clone())
                .or_default()
                .insert(letter.message_id());
            continue;
        }
        assert!(letter.text().contains(&join_url), "{moment}: another link");
        assert_eq!(letter.calendar().sequence(), story.sequence(), "{moment}");
        by_recipient
            .entry(letter.to.clone())
            .or_default()
            .push(letter.message_id());
    }
    for invitee in story.invitees() {
        let ids = by_recipient
            .remove(invitee)
            .unwrap_or_else(|| panic!("{moment}: none to {invitee}"));
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), 1, "{moment}: {invitee} has two different mails");
        if ids.len() > 1 {
            assert_eq!(ids.len(), 2, "{moment}: {invitee}");
            tally.twice.insert(blown);
        }
    }
    assert!(by_recipient.is_empty(), "{moment}: {by_recipient:?}");
    let told: Vec<(&str, usize)> = cancelled
        .iter()
        .map(|(to, ids)| (to.as_str(), ids.len()))
        .collect();
    let expected: Vec<(&str, usize)> = story.cancelled().iter().map(|to| (*to, 1)).collect();
    assert_eq!(told, expected, "{moment}");
}

fn set<const N: usize>(names: [&'static str; N]) -> BTreeSet<&'static str> {
    names.into()
}

#[tokio::test]
async fn a_first_send_that_is_killed() {
    let tally = at_every_call(Story::First, End::Killed, world).await;
    for call in [
        "links.record_intent",
        "zoom.create",
        "links.record_link",
        "links.end_push",
        "crm.set_join_url",
        "outbox.enqueue",
        "outbox.claim",
        "mail.connect",
        "mail.send",
        "outbox.record",
    ] {
        assert!(tally.calls.contains(call), "{call} was never called: {tally:?}");
    }
    assert!(tally.runs >= 20, "{tally:?}");
    // Taken by the mail server, and killed before that was recorded: once more, under the same Message-ID.
    assert_eq!(tally.twice, set(["mail.send"]));
    assert_eq!(tally.orphans, set([]));
}

#[tokio::test]
async fn a_first_send_whose_ports_fail() {
    let tally = at_every_call(Story::First, End::Fails, world).await;
    assert_eq!(tally.twice, set(["outbox.record"]));
    assert_eq!(tally.orphans, set([]));
}

#[tokio::test]
async fn a_first_send_whose_answers_are_lost() {
    let tally = at_every_call(Story::First, End::AnswerLost, world).await;
    assert_eq!(tally.twice, set(["mail.send"]));
    assert_eq!(tally.orphans, set([]));
}

#[tokio::test]
async fn a_first_send_that_is_killed_where_zoom_may_not_be_searched() {
    let tally = at_every_call(Story::First, End::Killed, world_without_looking).await;
    assert_eq!(tally.twice, set(["mail.send"]));
    // Begun and never answered: nobody can know whether there is one.
    assert_eq!(tally.orphans, set(["links.record_intent", "zoom.create"]));
}

#[tokio::test]
async fn an_update_that_is_killed() {
    let tally = at_every_call(Story::Rescheduled, End::Killed, world).await;
    assert!(tally.calls.contains("zoom.update"), "{tally:?}");
    assert_eq!(tally.twice, set(["mail.send"]));
}

#[tokio::test]
async fn an_update_whose_answers_are_lost() {
    let tally = at_every_call(Story::Rescheduled, End::AnswerLost, world).await;
    assert_eq!(tally.twice, set(["mail.send"]));
}

#[tokio::test]
async fn a_hand_over_that_is_killed() {
    let tally = at_every_call(Story::HandedOver, End::Killed, world).await;
    for call in ["links.superseded", "zoom.delete", "links.forget_superseded"] {
        assert!(tally.calls.contains(call), "{call} was never called: {tally:?}");
    }
    assert_eq!(tally.twice, set(["mail.send"]));
}

#[tokio::test]
async fn a_hand_over_whose_ports_fail() {
    at_every_call(Story::HandedOver, End::Fails, world).await;
}

#[tokio::test]
async fn a_replacement_of_a_deleted_meeting_that_is_killed() {
    let tally = at_every_call(Story::Deleted, End::Killed, world).await;
    assert!(tally.calls.contains("zoom.check"), "{tally:?}");
    assert_eq!(tally.twice, set(["mail.send"]));
}

/// A caller may lose patience and drop the run, in a process that lives on.
#[tokio::test]
async fn a_push_that_is_dropped_gives_its_right_back() {
    for call in ["links.record_intent", "zoom.create", "links.record_link"] {
        let stage = Stage::new().await;
        let fuse = Fuse::at(call, End::Killed);
        assert!(stage.send_until(&fuse).await.is_none(), "{call}");
        let report = stage.send().await;
        assert_eq!(report.sent, 3, "{call}: {report:?}");
        stage.zoom_meeting();
        assert_eq!(stage.post.addressees(), INVITEES, "{call}");
    }
}
