//! `invite meeting show`: a meeting with all that is known of it.

use std::collections::HashMap;

use clap::Args;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::words::{document, when};
use crate::command::session::Session;
use crate::command::terminal::{DIM, GOOD, STRONG, Table, WARN, visible};
use crate::command::{DONE, Outcome, delivery};
use crate::crm::{CrmError, Invitee, Records};
use crate::fault::BoxFault;
use crate::mail::{DeliveryState, Notice, Outbox as _, OutboxEntry};
use crate::meeting::{Meeting, MeetingId, Person, PersonRef, Revision};
use crate::online::OnlineLink;
use crate::pipeline::{PipelineError, SyncState};

#[derive(Debug, Args)]
#[command(after_help = "Example: invite meeting show kickoff")]
pub(in crate::command) struct Show {
    /// The meeting's id
    #[arg(value_name = "ID")]
    meeting: MeetingId,
}

impl Show {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let crm = session.crm().await?;
        let database = session.database().await?;
        let meeting = crm
            .records()
            .meeting(&self.meeting)
            .await
            .map_err(BoxFault::new)?;
        let Some(meeting) = meeting else {
            return Err(BoxFault::new(PipelineError::NoMeeting {
                meeting: self.meeting.clone(),
            }));
        };
        let pipeline = session.pipeline().await?;
        let (sync, link) = pipeline.sync_state(&self.meeting).await?;
        let issued = database.issued(&self.meeting).await?;
        let revision = issued.last().map(|issued| issued.revision);
        let entries = database.of_meeting(&self.meeting).await?;
        let invitees = invitees(crm.records().as_ref(), &self.meeting)
            .await
            .map_err(BoxFault::new)?;
        let host = meeting.assigned_user.clone().map(PersonRef::user);
        let is_host = |invitee: &&Invitee| Some(&invitee.attendee.person) == host.as_ref();
        let host = match (&host, invitees.iter().find(is_host)) {
            (_, Some(invitee)) => invitee.person.clone(),
            (Some(host), None) => crm.records().person(host).await.map_err(BoxFault::new)?,
            (None, None) => None,
        };
        let mut newest: HashMap<&PersonRef, &OutboxEntry> = HashMap::new();
        let mut delivered: HashMap<&PersonRef, &OutboxEntry> = HashMap::new();
        for entry in &entries {
            newest.insert(&entry.person, entry);
            if !matches!(entry.state, DeliveryState::Cancelled | DeliveryState::Superseded) {
                delivered.insert(&entry.person, entry);
            }
        }
        let provider = meeting
            .online_location
            .map(|location| pipeline.provider_name(location));
        let shown = Shown {
            meeting: &meeting,
            invitees: &invitees,
            host: host.as_ref(),
            provider: provider.unwrap_or_default(),
            sync: &sync,
            link: link.as_ref(),
            revision,
            uid: issued.last().map(|issued| issued.uid.as_str()).or(meeting.uid()),
            newest,
            delivered,
        };
        session.terminal.result(&shown.document(), || shown.text());
        Ok(DONE)
    }
}

async fn invitees(records: &dyn Records, id: &MeetingId) -> Result<Vec<Invitee>, CrmError> {
    let mut invitees = Vec::new();
    let mut pages = records.attendees(id);
    while let Some(page) = pages.next().await {
        invitees.extend(page?);
    }
    Ok(invitees)
}

struct Shown<'a> {
    meeting: &'a Meeting,
    invitees: &'a [Invitee],
    /// The assigned user, where there is a record.
    host: Option<&'a Person>,
    /// The name of the provider of the online meeting, as people know it; empty if the meeting is not online.
    provider: String,
    sync: &'a SyncState,
    link: Option<&'a OnlineLink>,
    revision: Option<Revision>,
    uid: Option<&'a str>,
    /// The newest message of each person, and the newest of those that were not called off.
    newest: HashMap<&'a PersonRef, &'a OutboxEntry>,
    delivered: HashMap<&'a PersonRef, &'a OutboxEntry>,
}

impl Shown<'_> {
    /// The newest message of a person.
    fn newest(&self, who: &PersonRef) -> Option<&OutboxEntry> {
        self.newest.get(who).copied()
    }

    /// The notification about the newest message of a person that was not called off.
    fn delivery(&self, who: &PersonRef) -> Option<&Notice> {
        self.delivered.get(who)?.notice.as_ref()
    }

    fn document(&self) -> Value {
        let mut document = document(self.meeting, &[]);
        document["revision"] = json!(self.revision);
        document["uid"] = json!(self.uid);
        document["sync"] = json!(self.sync);
        document["zoom"] = json!(self.link.map(|link| json!({
            "meeting_id": link.id,
            "join_url": link.join_url,
            "host": link.told.host,
            "seen_at": link.seen_at,
        })));
        let attendees = self.invitees.iter().map(|Invitee { attendee, person }| {
            let person = person.as_ref();
            let newest = self.newest(&attendee.person);
            json!({
                "kind": attendee.person.kind,
                "id": attendee.person.id,
                "name": person.map(|person| &person.name),
                "email": person.and_then(|person| person.email()),
                "status": attendee.status,
                "revision": newest.map(|entry| entry.revision),
                "invitation": newest.map(|entry| entry.state.as_str()),
                "delivery": self.delivery(&attendee.person),
            })
        });
        document["attendees"] = attendees.collect();
        document
    }

    fn text(&self) -> String {
        let meeting = self.meeting;
        let mut text = format!(
            "{STRONG}{}{STRONG:#}  {DIM}{}, {}{DIM:#}\n{}\n",
            visible(meeting.name()),
            meeting.id(),
            meeting.status,
            when(meeting)
        );
        if let Some(location) = &meeting.location {
            text.push_str(&format!("{}\n", visible(location)));
        }
        let host = meeting.assigned_user.clone().map(PersonRef::user);
        let host = host
            .as_ref()
            .map(|host| self.host.map_or_else(|| host.to_string(), Person::display_name));
        text.push_str(&format!(
            "assigned to {}\n",
            visible(host.as_deref().unwrap_or("nobody"))
        ));
        let provider = visible(&self.provider);
        text.push_str(&match self.sync {
            SyncState::NotOnline => String::new(),
            SyncState::NotPushed => format!("{provider}: {WARN}not pushed yet{WARN:#}\n"),
            SyncState::InSync => format!("{provider}: {GOOD}in sync{GOOD:#}\n"),
            SyncState::OutOfSync { differs } => {
                format!("{provider}: {WARN}out of sync{WARN:#} ({})\n", differs.join(", "))
            }
            SyncState::CannotBePushed { reason } => {
                format!(
                    "{provider}: {WARN}cannot be pushed{WARN:#}: {}\n",
                    visible(reason)
                )
            }
        });
        if let Some(url) = &meeting.join_url {
            text.push_str(&format!("{url}\n"));
        }
        text.push_str(&match self.revision {
            Some(revision) => format!("invitees were told revision {revision}\n\n"),
            None => "nobody was invited yet\n\n".to_owned(),
        });
        let mut table = Table::default();
        for Invitee { attendee, person } in self.invitees {
            let person = person.as_ref();
            let newest = self.newest(&attendee.person);
            let told = newest.map(|entry| format!("revision {} {}", entry.revision, entry.state));
            let delivery = self.delivery(&attendee.person);
            table.row([
                (attendee.person.to_string().as_str(), DIM),
                (person.map_or("", |person| person.name.as_str()), STRONG),
                (
                    person
                        .and_then(|person| person.email())
                        .map_or("", |email| email.as_str()),
                    anstyle::Style::new(),
                ),
                (attendee.status.as_str(), anstyle::Style::new()),
                (told.as_deref().unwrap_or_default(), DIM),
                (
                    delivery.map(delivery::words).unwrap_or_default().as_str(),
                    delivery.map_or(DIM, |notice| delivery::style(notice.state)),
                ),
            ]);
        }
        text.push_str(&table.to_text());
        text
    }
}
