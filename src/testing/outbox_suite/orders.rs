//! Checks of orders: all or nothing, and one message for a mailbox.

use chrono::TimeDelta;

use super::super::{Broken, Checked, holds, same};
use super::desk::{self, Desk, kickoff, sent};
use crate::mail::{DeliveryState, EnqueueOrder, Enqueued, NewInvitation};

pub(super) async fn messages_are_kept(desk: &Desk<'_>) -> Checked {
    let put = [desk::message("lee", 0)?, desk::message("mo", 0)?];
    desk.put(0, &put).await?;
    let entries = desk.entries().await?;
    same("the number of messages", entries.len(), 2)?;
    holds("the oldest message comes first", entries[0].id < entries[1].id)?;
    for (entry, put) in entries.iter().zip(&put) {
        let of = |what| format!("the {what} of the message to {}", put.envelope.to);
        same(of("meeting"), &entry.meeting, &kickoff()?)?;
        same(of("person"), &entry.person, &put.person)?;
        same(of("envelope"), &entry.envelope, &put.envelope)?;
        same(of("Message-ID"), &entry.message_id, &put.message_id)?;
        same(of("purpose"), entry.purpose, put.purpose)?;
        same(
            of("revision"),
            (entry.tenure, entry.revision),
            (put.tenure, put.revision),
        )?;
        same(of("language"), &entry.language, &put.language)?;
        same(of("digest"), entry.content, put.content)?;
        same(of("state"), entry.state, DeliveryState::Queued)?;
        same(of("tries"), entry.attempts, 0)?;
        holds(
            "a message that was put in waits, and has not left",
            entry.waits() && !entry.may_have_left(),
        )?;
    }
    let of_lee = desk
        .outbox
        .of_mailbox(&kickoff()?, &"LEE@Client.Example".parse()?)
        .await?;
    same("the messages to the mailbox of Lee, in capitals", of_lee.len(), 1)?;
    for claimed in desk.claim().await? {
        let message = desk.message(&claimed).await?;
        let should_be = desk::text_to(&claimed.envelope.to);
        same(
            "the bytes of a message",
            String::from_utf8_lossy(&message).into_owned(),
            should_be,
        )?;
    }
    let elsewhere = desk.outbox.of_meeting(&"offsite".parse()?).await?;
    same("the messages of another meeting", elsewhere.len(), 0)
}

pub(super) async fn revisions_are_kept(desk: &Desk<'_>) -> Checked {
    let told = [
        desk::issued(0)?,
        desk::issued(1)?,
        desk::issued_by_the_next_host()?,
    ];
    for (number, issued) in told.iter().enumerate() {
        let order = EnqueueOrder {
            seen: desk.seen().await?,
            issued: vec![issued.clone()],
            called_off: Vec::new(),
        };
        same(
            "recording a revision",
            desk.enqueue(&order, &[]).await?,
            Enqueued::Queued,
        )?;
        same(
            "what was told",
            &desk.outbox.issued(&kickoff()?).await?[..],
            &told[..=number],
        )?;
    }
    let elsewhere = desk.outbox.issued(&"offsite".parse()?).await?;
    same("what was told of another meeting", elsewhere.len(), 0)
}

pub(super) async fn an_order_is_done_whole_or_not_at_all(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?, desk::message("kim", 0)?])
        .await?;
    let before = desk.states().await?;
    let kims = desk.entries().await?[1].id;
    // The message for Mo could be put in, and the message to Kim could be called off. But a message for Lee waits
    // already.
    let order = EnqueueOrder {
        seen: desk.seen().await?,
        issued: vec![desk::issued(1)?],
        called_off: vec![(kims, "no longer invited")],
    };
    let put = desk
        .enqueue(&order, &[desk::message("mo", 1)?, desk::message("lee", 1)?])
        .await?;
    same(
        "an order with a second message for a mailbox",
        put,
        Enqueued::Overtaken,
    )?;
    same("the messages after it", desk.states().await?, before)?;
    let told = desk.outbox.issued(&kickoff()?).await?;
    same("the number of revisions after it", told.len(), 1)
}

pub(super) async fn what_was_not_seen_stops_an_order(desk: &Desk<'_>) -> Checked {
    let nothing = desk.seen().await?;
    desk.put(0, &[desk::message("lee", 0)?]).await?;
    let first = desk.seen().await?;
    // Another message, of the same revision.
    same(
        "a further message",
        desk.put_of(&first, &[desk::message("mo", 0)?]).await?,
        Enqueued::Queued,
    )?;
    for (what, seen) in [("nothing", nothing), ("the first message", first)] {
        let order = EnqueueOrder {
            seen,
            issued: vec![desk::issued(1)?],
            called_off: Vec::new(),
        };
        let put = desk.enqueue(&order, &[desk::message("kim", 1)?]).await?;
        same(format!("an order that has seen {what}"), put, Enqueued::Overtaken)?;
    }
    same("the number of messages", desk.entries().await?.len(), 2)?;
    let told = desk.outbox.issued(&kickoff()?).await?;
    same("the number of revisions", told.len(), 1)
}

pub(super) async fn one_waits_for_a_mailbox(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?]).await?;
    let seen = desk.seen().await?;
    let mut second = desk::message("desk-of-lee", 0)?;
    second.envelope.to = "Lee@CLIENT.example".parse()?;
    let put = desk.put_of(&seen, &[second.clone()]).await?;
    same(
        "a second message for a mailbox, for another record",
        put,
        Enqueued::Overtaken,
    )?;
    let twice = [desk::message("mo", 0)?, desk::message("mo", 0)?];
    same(
        "two messages for a mailbox",
        desk.put_of(&seen, &twice).await?,
        Enqueued::Overtaken,
    )?;
    // The same holds while the message is being delivered. After it has left, another may wait.
    let claimed = desk.claim_one().await?;
    let put = desk.put_of(&seen, &[second.clone()]).await?;
    same(
        "a message beside one that is on its way",
        put,
        Enqueued::Overtaken,
    )?;
    desk.outbox.record(&claimed, &sent()).await?;
    let put = desk.put_of(&seen, &[second]).await?;
    same("a message after one that has left", put, Enqueued::Queued)
}

pub(super) async fn a_newer_message_supersedes_the_named_one(desk: &Desk<'_>) -> Checked {
    use DeliveryState::{Queued, Sending, Superseded};
    let people = ["lee", "mo", "kim"];
    let first = people.map(|person| desk::message(person, 0));
    let [lee, mo, kim] = first;
    desk.put(0, &[lee?, mo?, kim?]).await?;
    let of_lee = desk.claim_one().await?;
    let ids: Vec<i64> = desk.entries().await?.iter().map(|entry| entry.id).collect();
    let newer = |person, supersedes| {
        desk::message(person, 1).map(|message| NewInvitation {
            supersedes,
            ..message
        })
    };
    let both = [newer("lee", Some(ids[0]))?, newer("mo", Some(ids[1]))?];
    desk.put(1, &both).await?;
    let states = [Sending, Superseded, Queued, Queued, Queued];
    same(
        "the states, the first on its way",
        desk.states().await?,
        states.to_vec(),
    )?;
    let waits = desk.entries().await?[0].waits();
    holds("a message that was superseded on its way does not wait", !waits)?;
    let seen = desk.seen().await?;
    let again = desk.put_of(&seen, &[newer("mo", Some(ids[1]))?]).await?;
    same(
        "superseding a message that does not wait",
        again,
        Enqueued::Overtaken,
    )?;
    // If nothing had taken its place, the first message would be tried again after it was put off.
    desk.outbox
        .record(&of_lee, &desk.put_off(TimeDelta::zero()))
        .await?;
    let states = [Superseded, Superseded, Queued, Queued, Queued];
    same(
        "the states, the first put off",
        desk.states().await?,
        states.to_vec(),
    )?;
    let claimed: Vec<i64> = desk.claim().await?.iter().map(|claimed| claimed.id).collect();
    holds(
        "no superseded message is claimed",
        !claimed.contains(&ids[0]) && !claimed.contains(&ids[1]),
    )?;
    same("the number of messages that are claimed", claimed.len(), 3)
}

pub(super) async fn what_is_called_off_must_wait(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?, desk::message("mo", 0)?])
        .await?;
    desk.claim_one().await?;
    let ids: Vec<i64> = desk.entries().await?.iter().map(|entry| entry.id).collect();
    let call_off = async |id: i64| -> Result<Enqueued, Broken> {
        let order = EnqueueOrder {
            seen: desk.seen().await?,
            issued: Vec::new(),
            called_off: vec![(id, "no longer invited")],
        };
        desk.enqueue(&order, &[]).await
    };
    same(
        "calling off what is on its way",
        call_off(ids[0]).await?,
        Enqueued::Overtaken,
    )?;
    same(
        "calling off what waits",
        call_off(ids[1]).await?,
        Enqueued::Queued,
    )?;
    let states = vec![DeliveryState::Sending, DeliveryState::Cancelled];
    same("the states", desk.states().await?, states)?;
    let reason = desk.entries().await?[1].last_answer.clone();
    same("the reason", reason.as_deref(), Some("no longer invited"))?;
    same(
        "calling off what does not wait",
        call_off(ids[1]).await?,
        Enqueued::Overtaken,
    )
}
