//! What a CRM must keep, by the suite of the test kit: the CRM over a network keeps it, and the suite finds one that does not.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use invite::crm::{AttendeePages, CrmError, Records, all_attendees};
use invite::database::{Database, EncryptionKey, KeySource};
use invite::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, PersonRef, Reach};
use invite::testing::{CrmContents, MemoryCrm, Rights, crm_suite};

use crate::remote_crm::RemoteCrm;

#[tokio::test]
async fn a_crm_over_a_network_keeps_what_a_crm_must() {
    let dir = tempfile::tempdir().unwrap();
    let made = std::sync::atomic::AtomicU32::new(0);
    let failures = crm_suite(async |contents: CrmContents| {
        let number = made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let key = KeySource::Given(EncryptionKey::new([7; 32]));
        let path = dir.path().join(format!("{number}.db"));
        let database = Database::open(&path, key).await.unwrap();
        let rights = contents.rights.clone();
        database.import(&contents.into(), "suite").await.unwrap();
        let crm = RemoteCrm::of(database);
        match rights {
            Rights::All => {}
            Rights::WithoutAddressesOf(people) => {
                let people: Vec<String> = people.iter().map(ToString::to_string).collect();
                crm.hide(&people.iter().map(String::as_str).collect::<Vec<_>>());
            }
            Rights::WithoutJoinUrl => crm.drop_join_url(true),
            _ => return None,
        }
        Some(crm)
    })
    .await;
    assert_eq!(failures, []);
    assert_eq!(made.into_inner(), 11);
}

/// How a CRM is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The last of many is on no page.
    LosesOne,
    /// Whoever has no address to show has none at all.
    HidesAsNowhere,
    /// A join URL is answered as it was written, whatever the record says.
    EchoesJoinUrl,
    /// A join URL is written whatever the record says.
    OverwritesJoinUrl,
    /// An answer of a stranger is taken.
    TakesStrangers,
}

struct FaultyCrm {
    crm: MemoryCrm,
    fault: Fault,
}

impl FaultyCrm {
    fn show(&self, mut person: Person) -> Person {
        if self.fault == Fault::HidesAsNowhere && person.reach == Reach::Hidden {
            person.reach = Reach::Nowhere;
        }
        person
    }
}

#[async_trait]
impl Records for FaultyCrm {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        self.crm.meeting(id).await
    }

    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        futures_util::stream::once(async move {
            let mut all = Vec::new();
            let mut pages = self.crm.attendees(id);
            while let Some(page) = pages.next().await {
                all.extend(page?);
            }
            if self.fault == Fault::LosesOne {
                all.pop();
            }
            for invitee in &mut all {
                invitee.person = invitee.person.take().map(|person| self.show(person));
            }
            let mut pages = all_attendees(all);
            pages.next().await.unwrap()
        })
        .boxed()
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        let found = self.crm.person(person).await?;
        Ok(found.map(|person| self.show(person)))
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let current = self.crm.meeting(id).await?.and_then(|meeting| meeting.join_url);
        let expected = match self.fault {
            Fault::OverwritesJoinUrl => current.as_ref(),
            _ => expected,
        };
        let kept = self.crm.set_join_url(id, expected, join_url).await?;
        Ok(match self.fault {
            Fault::EchoesJoinUrl => join_url.cloned(),
            _ => kept,
        })
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        let written = self.crm.set_statuses(id, statuses).await;
        match self.fault {
            Fault::TakesStrangers => Ok(()),
            _ => written,
        }
    }
}

#[tokio::test]
async fn the_suite_finds_what_a_faulty_crm_does_not_keep() {
    for (fault, checks) in [
        (
            Fault::LosesOne,
            &[
                "pages_leave_nobody_out",
                "answers_are_kept",
                "unknown_ids_are_refused",
            ][..],
        ),
        (Fault::HidesAsNowhere, &["an_address_not_shown_is_hidden"]),
        (
            Fault::EchoesJoinUrl,
            &[
                "the_join_url_of_somebody_else_stays",
                "a_join_url_not_kept_is_told",
            ],
        ),
        (Fault::OverwritesJoinUrl, &["the_join_url_of_somebody_else_stays"]),
        (Fault::TakesStrangers, &["unknown_ids_are_refused"]),
    ] {
        let failures = crm_suite(async |contents: CrmContents| {
            let crm = MemoryCrm::with(contents.people, contents.meetings);
            match contents.rights {
                Rights::All => {}
                Rights::WithoutAddressesOf(people) => crm.hide_addresses_of(people),
                Rights::WithoutJoinUrl => crm.lock_join_urls(true),
                _ => return None,
            }
            Some(FaultyCrm { crm, fault })
        })
        .await;
        let found: Vec<&str> = failures.iter().map(|failure| failure.check).collect();
        assert_eq!(found, checks, "{fault:?}: {failures:#?}");
        assert!(
            failures
                .iter()
                .all(|failure| failure.to_string().starts_with(failure.check))
        );
    }
}
