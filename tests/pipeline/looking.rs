//! What a send would do, and what a caller who mails by himself gets.

use invite::fault::{Class, Fault as _};
use invite::mail::{Envelope, Outbox as _};
use invite::pipeline::{OnlineAction, PipelineError, SendOptions};
use invite::template::Templates;

use crate::letter::Letter;
use crate::stage::{INVITEES, KIM, LEE, Stage, counts, kickoff, states};
use crate::store_file;

async fn planned(stage: &Stage, options: &SendOptions) -> invite::pipeline::Plan {
    let before = store_file::contents(stage.database.name().as_ref()).await;
    stage.zoom.forget_requests();
    let tries = stage.post.tries().len();
    let plan = stage.pipeline().plan(&kickoff(), options).await.unwrap();
    assert_eq!(store_file::contents(stage.database.name().as_ref()).await, before);
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(
        (stage.post.tries().len(), stage.post.connections().0 > 0),
        (tries, tries > 0)
    );
    plan
}

#[tokio::test]
async fn a_plan_of_a_first_send() {
    let stage = Stage::new().await;
    let plan = planned(&stage, &SendOptions::default()).await;
    assert_eq!(plan.report.online.action, OnlineAction::Created);
    assert_eq!(counts(&plan.report), (0, 3, 0, 1));
    assert_eq!(plan.invitations.len(), 3);
    let to_lee = plan
        .invitations
        .iter()
        .find(|i| i.envelope.to.as_str() == LEE)
        .unwrap();
    let placeholder = plan.report.online.join_url.as_ref().unwrap().as_str();
    assert!(
        placeholder.contains(".example/"),
        "{placeholder} may lead somewhere"
    );
    assert!(to_lee.text.contains(placeholder));
    // The same mail as then leaves, but for the link.
    stage.send().await;
    let sent = stage.post.letter_to(LEE);
    assert_eq!(sent.message_id(), to_lee.message_id);
    assert_eq!(sent.subject(), to_lee.subject);
    let planned = Letter::new(&to_lee.envelope, &to_lee.message);
    assert_eq!(planned.calendar().uid(), sent.calendar().uid());
}

#[tokio::test]
async fn a_plan_of_later_sends() {
    let stage = Stage::new().await;
    stage.send().await;
    let link = stage.zoom_meeting().join_url;
    let plan = planned(&stage, &SendOptions::default()).await;
    assert_eq!(plan.report.online.action, OnlineAction::Unchanged);
    assert_eq!(counts(&plan.report), (0, 0, 0, 4));
    stage.reschedule().await;
    let plan = planned(&stage, &SendOptions::default()).await;
    assert_eq!(
        (plan.report.online.action, plan.report.revision.0),
        (OnlineAction::Updated, 1)
    );
    assert!(
        plan.invitations
            .iter()
            .all(|invitation| invitation.text.contains(&link))
    );
    stage.edit(|meeting| meeting.online_location = None).await;
    let plan = planned(&stage, &SendOptions::default()).await;
    assert_eq!(
        (plan.report.online.action, &plan.report.online.join_url),
        (OnlineAction::Skipped, &None)
    );
    let report = stage.send().await;
    assert_eq!(report.revision, plan.report.revision);
    let queued = |state: &&str| *state == "queued";
    let would = states(&plan.report)
        .into_iter()
        .filter(|(_, state)| queued(state))
        .map(|(who, _)| who);
    let did = states(&report)
        .into_iter()
        .filter(|(_, state)| *state == "sent")
        .map(|(who, _)| who);
    assert!(would.eq(did));
}

#[tokio::test]
async fn prepared_messages_are_ready_to_be_mailed() {
    let stage = Stage::new().await;
    let prepared = stage
        .pipeline()
        .prepare(&kickoff(), &SendOptions::default())
        .await
        .unwrap();
    let join_url = stage.zoom_meeting().join_url;
    assert_eq!(prepared.online.action, OnlineAction::Created);
    assert_eq!(stage.join_url().await, Some(join_url.clone()));
    assert_eq!(prepared.revision.0, 0);
    assert_eq!(prepared.skipped.len(), 1);
    let mut to: Vec<_> = prepared
        .invitations
        .iter()
        .map(|i| i.envelope.to.to_string())
        .collect();
    to.sort();
    assert_eq!(to, INVITEES);
    for invitation in &prepared.invitations {
        let Envelope { from, to } = &invitation.envelope;
        let letter = Letter::new(&invitation.envelope, &invitation.message);
        assert_eq!(from.as_str(), "meetings@acme.example");
        assert_eq!(letter.header_to(), [to.as_str()]);
        assert_eq!(letter.message_id(), invitation.message_id);
        assert_eq!(letter.subject(), invitation.subject);
        assert!(letter.text().contains(&join_url));
        assert_eq!(letter.invite_ics().url(), Some(join_url.clone()));
        let text = String::from_utf8(invitation.message.clone()).unwrap();
        assert!(
            !text.replace("\r\n", "").contains(['\r', '\n']),
            "a line end that is not CRLF"
        );
    }
    // The revision is known, and nothing waits to be mailed by us.
    assert_eq!(stage.database.issued(&kickoff()).await.unwrap().len(), 1);
    assert_eq!(stage.database.of_meeting(&kickoff()).await.unwrap().len(), 0);
    assert_eq!(stage.post.tries().len(), 0);

    stage.reschedule().await;
    let changed = stage
        .pipeline()
        .prepare(&kickoff(), &SendOptions::default())
        .await
        .unwrap();
    assert_eq!((changed.revision.0, changed.invitations.len()), (1, 3));
    assert_eq!(changed.online.action, OnlineAction::Updated);
    let object = Letter::new(&changed.invitations[0].envelope, &changed.invitations[0].message).calendar();
    assert_eq!(object.sequence(), 1);
    assert_eq!(stage.database.issued(&kickoff()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn preparing_needs_no_mail_server() {
    let stage = Stage::new().await;
    let database = std::sync::Arc::new(stage.database.clone());
    let sender = invite::mail::Mailbox::new("", "meetings@acme.example".parse().unwrap());
    let pipeline =
        invite::pipeline::Pipeline::builder(invite::organization::Organization::new("Acme"), sender)
            .crm(database)
            .database(&stage.database)
            .online(stage.zoom_client())
            .build()
            .unwrap();
    let options = SendOptions::default();
    let error = pipeline.send(&kickoff(), &options).await.unwrap_err();
    assert!(matches!(error, PipelineError::NoTransport));
    assert_eq!(stage.zoom.requests(), [], "refused only after the push");
    assert_eq!(
        pipeline
            .plan(&kickoff(), &options)
            .await
            .unwrap()
            .invitations
            .len(),
        3
    );
    assert_eq!(
        pipeline
            .prepare(&kickoff(), &options)
            .await
            .unwrap()
            .invitations
            .len(),
        3
    );
}

#[tokio::test]
async fn a_template_that_fails_for_one_fails_for_all() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().unwrap();
    let german = folder.path().join("invitation/meeting/de");
    std::fs::create_dir_all(&german).unwrap();
    let subject = german.join("subject.txt");
    std::fs::write(&subject, "Termin {{ throw(message=\"so nicht\") }}").unwrap();
    let pipeline = stage
        .builder()
        .templates(Templates::with_dir(folder.path()).unwrap())
        .build()
        .unwrap();
    let error = pipeline
        .send(&kickoff(), &SendOptions::default())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, PipelineError::Template { to, .. } if to == KIM),
        "{error:?}"
    );
    assert_eq!(error.class(), Class::BadData);
    let message = invite::fault::chain(&error);
    assert!(
        message.contains("so nicht") && message.contains("subject.txt"),
        "{message}"
    );
    assert_eq!(stage.post.tries().len(), 0);
    assert_eq!(stage.database.of_meeting(&kickoff()).await.unwrap().len(), 0);
    assert_eq!(stage.database.issued(&kickoff()).await.unwrap(), []);
    // What was done before stays done.
    let made = stage.zoom_meeting();
    assert_eq!(stage.link().await.id.0, made.id.to_string());
    assert_eq!(stage.join_url().await, Some(made.join_url));

    std::fs::write(&subject, "Termin: {{ name }}").unwrap();
    let pipeline = stage
        .builder()
        .templates(Templates::with_dir(folder.path()).unwrap())
        .build()
        .unwrap();
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    stage.zoom_meeting();
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!(stage.post.letter_to(KIM).subject(), "Termin: Kick-off; phase 1");
}
