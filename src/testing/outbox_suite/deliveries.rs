//! Checks of delivery: claims, leases, and the results of attempts.

use chrono::TimeDelta;

use super::super::{Broken, Checked, holds, same};
use super::desk::{self, Desk, LEASE, kickoff, refused, sent};
use crate::lease::Holder;
use crate::mail::{AttemptResult, ClaimRequest, DeliveryState, Enqueued, Seen};

pub(super) async fn a_message_is_claimed_by_one(desk: &Desk<'_>) -> Checked {
    let people = ["lee", "mo", "kim"].map(|person| desk::message(person, 0));
    let [lee, mo, kim] = people;
    desk.put(0, &[lee?, mo?, kim?]).await?;
    let two = ClaimRequest {
        limit: 2,
        ..desk::request()?
    };
    let first = desk.outbox.claim(&two).await?;
    let second = desk.outbox.claim(&two).await?;
    let people: Vec<&str> = first
        .iter()
        .chain(&second)
        .map(|it| it.person.id.as_str())
        .collect();
    same("who is claimed, 2 and then 2", people, vec!["lee", "mo", "kim"])?;
    same("the number of those claimed first", first.len(), 2)?;
    same("the tries, this one among them", first[0].attempts, 1)?;
    same("what is left to claim", desk.claim().await?.len(), 0)?;
    let states = vec![DeliveryState::Sending; 3];
    same("the states", desk.states().await?, states)
}

pub(super) async fn a_claim_takes_what_is_asked_for(desk: &Desk<'_>) -> Checked {
    let mut over_account = desk::message("mo", 0)?;
    over_account.account = Some("ana".parse()?);
    desk.put(
        0,
        &[desk::message("lee", 0)?, over_account, desk::message("kim", 0)?],
    )
    .await?;
    let accounts = desk.outbox.accounts(&kickoff()?).await?;
    same(
        "the accounts over which mails wait",
        accounts,
        [("ana".parse()?, 1)].into(),
    )?;
    let entries = desk.entries().await?;
    let claim = async |request: ClaimRequest| -> Result<Vec<i64>, Broken> {
        let claimed = desk.outbox.claim(&request).await?;
        // The messages are given back, so that the next claim finds them again.
        for claimed in &claimed {
            desk.outbox.record(claimed, &AttemptResult::NotTried).await?;
        }
        Ok(claimed.iter().map(|claimed| claimed.id).collect())
    };
    let request = desk::request()?;
    let ids = [entries[0].id, entries[1].id, entries[2].id];
    same("a claim", claim(request.clone()).await?, vec![ids[0], ids[2]])?;
    let of_all = ClaimRequest {
        meetings: Vec::new(),
        ..request.clone()
    };
    same(
        "a claim of all meetings",
        claim(of_all).await?,
        vec![ids[0], ids[2]],
    )?;
    let of_another = ClaimRequest {
        meetings: vec!["offsite".parse()?],
        ..request.clone()
    };
    same("a claim of another meeting", claim(of_another).await?, Vec::new())?;
    let over_account = ClaimRequest {
        account: Some("ana".parse()?),
        ..request.clone()
    };
    same(
        "a claim over an account",
        claim(over_account).await?,
        vec![ids[1]],
    )?;
    let after = ClaimRequest {
        after: Some(ids[0]),
        ..request.clone()
    };
    same("a claim after a number", claim(after).await?, vec![ids[2]])?;
    let kims = desk.outbox.claim(&request).await?;
    let put_off = desk.put_off(TimeDelta::minutes(5));
    for claimed in &kims {
        desk.outbox.record(claimed, &put_off).await?;
    }
    same(
        "a claim of what is not due",
        claim(request.clone()).await?,
        Vec::new(),
    )?;
    let early = ClaimRequest {
        early: true,
        ..request
    };
    same("an early claim", claim(early).await?, vec![ids[0], ids[2]])
}

pub(super) async fn a_lease_runs_out(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?]).await?;
    let first = desk.claim_one().await?;
    let lease = TimeDelta::from_std(LEASE)?;
    desk.clock.advance(lease - TimeDelta::seconds(1));
    same(
        "what can be claimed 1 second before the lease ends",
        desk.claim().await?.len(),
        0,
    )?;
    desk.clock.advance(TimeDelta::seconds(2));
    let second = desk.claim_one().await?;
    same("the tries after a lease that ran out", second.attempts, 2)?;
    holds("each claim has its own holder", first.holder != second.holder)?;
    desk.outbox.record(&first, &refused()).await?;
    same(
        "the state after the result of the old claim",
        desk.states().await?,
        vec![DeliveryState::Sending],
    )?;
    let mut stranger = second.clone();
    stranger.holder = Holder::new();
    desk.outbox.record(&stranger, &sent()).await?;
    same(
        "the state after the result of a stranger",
        desk.states().await?,
        vec![DeliveryState::Sending],
    )?;
    desk.outbox
        .record(&second, &desk.put_off(TimeDelta::minutes(5)))
        .await?;
    let entry = desk.entry().await?;
    same(
        "the state after the result of the claim",
        entry.state,
        DeliveryState::Queued,
    )?;
    holds(
        "a message whose lease ran out may have left",
        entry.may_have_left(),
    )
}

pub(super) async fn attempts_end_as_they_are_recorded(desk: &Desk<'_>) -> Checked {
    use DeliveryState::{Failed, GivenUp, Queued, Sent};
    let given_up = AttemptResult::GivenUp {
        answer: "451 still not".to_owned(),
    };
    let ends = [
        ("lee", sent(), Sent, Some("250 ok")),
        ("mo", refused(), Failed, Some("550 no such user")),
        ("kim", given_up, GivenUp, Some("451 still not")),
        (
            "jo",
            desk.put_off(TimeDelta::minutes(5)),
            Queued,
            Some("451 later"),
        ),
        ("pat", AttemptResult::NotTried, Queued, None),
    ];
    let messages: Result<Vec<_>, _> = ends.iter().map(|(person, ..)| desk::message(person, 0)).collect();
    desk.put(0, &messages?).await?;
    let claimed = desk.claim().await?;
    same("the number of claims", claimed.len(), ends.len())?;
    for (claimed, (_, end, ..)) in claimed.iter().zip(&ends) {
        desk.outbox.record(claimed, end).await?;
        // The lease has ended: a second result changes nothing.
        desk.outbox.record(claimed, &refused()).await?;
    }
    for (entry, (person, _, state, answer)) in desk.entries().await?.iter().zip(&ends) {
        same(
            format!("the state of the message to {person}"),
            entry.state,
            *state,
        )?;
        same(
            format!("the answer about {person}"),
            entry.last_answer.as_deref(),
            *answer,
        )?;
        let tries = u32::from(*person != "pat");
        same(
            format!("the tries of the message to {person}"),
            entry.attempts,
            tries,
        )?;
        let sent_at = (*state == Sent).then(|| desk.clock.now());
        same(
            format!("when the message to {person} was sent"),
            entry.sent_at,
            sent_at,
        )?;
    }
    let mut unsent = 0;
    desk.outbox.each_unsent(&kickoff()?, &mut |_| unsent += 1).await?;
    same(
        "the number of messages that were not sent",
        unsent,
        ends.len() - 1,
    )?;
    let people = async || -> Result<Vec<String>, Broken> {
        let claimed = desk.claim().await?;
        Ok(claimed
            .iter()
            .map(|claimed| claimed.person.id.to_string())
            .collect())
    };
    same("who is claimed at once", people().await?, vec!["pat".to_owned()])?;
    desk.clock.advance(TimeDelta::minutes(5));
    let later = people().await?;
    holds(
        "a message that was put off is claimed when its time has come",
        later.contains(&"jo".to_owned()),
    )
}

pub(super) async fn a_lost_answer_is_remembered(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?, desk::message("mo", 0)?])
        .await?;
    let lost = AttemptResult::AnswerLost {
        answer: "connection reset".to_owned(),
        at: desk.clock.now(),
    };
    for claimed in desk.claim().await? {
        same("the lost answers of a new message", claimed.answers_lost, 0)?;
        desk.outbox.record(&claimed, &lost).await?;
    }
    for entry in desk.entries().await? {
        same(
            "the state after a lost answer",
            entry.state,
            DeliveryState::Queued,
        )?;
        holds(
            "a message may have left after a lost answer",
            entry.may_have_left(),
        )?;
    }
    let again = desk.claim().await?;
    same("the number of further tries", again.len(), 2)?;
    same("the lost answers of a further try", again[0].answers_lost, 1)?;
    let second = AttemptResult::MayHaveArrived {
        answer: "connection reset".to_owned(),
    };
    desk.outbox.record(&again[0], &second).await?;
    // The server may have taken the message before it refused it.
    desk.outbox.record(&again[1], &refused()).await?;
    let states = vec![DeliveryState::MayHaveArrived; 2];
    same(
        "the states after a second loss, and after a refusal",
        desk.states().await?,
        states,
    )?;
    same("what is left to claim", desk.claim().await?.len(), 0)
}

pub(super) async fn what_ended_is_tried_again_when_named(desk: &Desk<'_>) -> Checked {
    let nothing = desk.seen().await?;
    desk.put(0, &[desk::message("lee", 0)?, desk::message("mo", 0)?])
        .await?;
    let claimed = desk.claim().await?;
    same("the number of claims", claimed.len(), 2)?;
    desk.outbox.record(&claimed[0], &sent()).await?;
    desk.outbox.record(&claimed[1], &refused()).await?;
    let (of_lee, of_mo) = (claimed[0].id, claimed[1].id);
    let requeue = async |seen: Seen, id: i64| -> Result<Enqueued, Broken> {
        Ok(desk.outbox.requeue(&kickoff()?, seen, &[id]).await?)
    };
    same(
        "after an older look",
        requeue(nothing, of_mo).await?,
        Enqueued::Overtaken,
    )?;
    let seen = desk.seen().await?;
    same("what was sent", requeue(seen, of_lee).await?, Enqueued::Overtaken)?;
    same("what was refused", requeue(seen, of_mo).await?, Enqueued::Queued)?;
    let states = vec![DeliveryState::Sent, DeliveryState::Queued];
    same("the states", desk.states().await?, states)?;
    let again = desk.claim_one().await?;
    same("what is claimed then", again.id, of_mo)
}

pub(super) async fn it_says_when_something_is_due(desk: &Desk<'_>) -> Checked {
    let due = async || -> Result<usize, Broken> { Ok(desk.outbox.due().await?.len()) };
    let next = async || -> Result<Option<TimeDelta>, Broken> {
        let at = desk.outbox.next_due().await?;
        Ok(at.map(|at| at - desk.clock.now()))
    };
    same(
        "what is due in an empty outbox",
        (due().await?, next().await?),
        (0, None),
    )?;
    desk.put(0, &[desk::message("lee", 0)?, desk::message("mo", 0)?])
        .await?;
    let meetings = desk.outbox.due().await?;
    let meetings: Vec<&str> = meetings.iter().map(|due| due.meeting.as_str()).collect();
    same(
        "the meetings of which something is due",
        meetings,
        vec!["kickoff"],
    )?;
    same("when something is due", next().await?, Some(TimeDelta::zero()))?;
    let claimed = desk.claim().await?;
    same("what is due while all is on its way", due().await?, 0)?;
    same(
        "when a lease runs out",
        next().await?,
        Some(TimeDelta::from_std(LEASE)?),
    )?;
    for claimed in &claimed {
        desk.outbox
            .record(claimed, &desk.put_off(TimeDelta::minutes(5)))
            .await?;
    }
    let in_five = (0, Some(TimeDelta::minutes(5)));
    same(
        "what is due of what was put off",
        (due().await?, next().await?),
        in_five,
    )?;
    desk.clock.advance(TimeDelta::minutes(5));
    same("what is due 5 minutes later", due().await?, 1)?;
    for claimed in desk.claim().await? {
        desk.outbox.record(&claimed, &sent()).await?;
    }
    same(
        "what is due when all was sent",
        (due().await?, next().await?),
        (0, None),
    )
}

pub(super) async fn putting_off_is_no_try(desk: &Desk<'_>) -> Checked {
    desk.put(0, &[desk::message("lee", 0)?]).await?;
    let until = desk.clock.now() + TimeDelta::minutes(10);
    desk.outbox
        .postpone(&kickoff()?, until, "Zoom cannot be reached")
        .await?;
    let entry = desk.entry().await?;
    same("the state", entry.state, DeliveryState::Queued)?;
    same("the tries", entry.attempts, 0)?;
    same(
        "the reason",
        entry.last_answer.as_deref(),
        Some("Zoom cannot be reached"),
    )?;
    same("the next try", desk.outbox.next_due().await?, Some(until))?;
    same("what can be claimed before", desk.claim().await?.len(), 0)?;
    desk.clock.set(until);
    same("what can be claimed then", desk.claim().await?.len(), 1)
}
