//! The contract of a CRM's records, as checks.

use std::collections::BTreeSet;

use futures_util::StreamExt as _;

use super::{Broken, Checked, Failure, holds, note, same};
use crate::crm::import::{ImportFile, ImportedUser};
use crate::crm::{Invitee, MeetingRecord, Records};
use crate::fault::BoxError;
use crate::meeting::{
    Acceptance, Attendee, EmailAddress, JoinUrl, Meeting, MeetingId, Person, PersonKind, PersonRef, Reach,
    When, Zone,
};
use crate::online::{OnlineUser, zoom};

/// How many guests the meeting has, beside 4 other attendees: more than fit on one page of most CRMs.
const GUESTS: usize = 250;
/// The most people in one request.
const PEOPLE_AT_ONCE: usize = 200;

/// The rights of the adapter in the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rights {
    /// All rights that it needs.
    All,
    /// The adapter may not see the addresses of these people. It may see other people's addresses or not.
    WithoutAddressesOf(Vec<PersonRef>),
    /// The adapter may not write the join URL of a meeting: the CRM accepts the value and keeps the old one.
    WithoutJoinUrl,
}

/// The contents of the CRM in a check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CrmContents {
    /// The people: users, contacts and leads, some with the same id.
    pub people: Vec<Person>,
    /// The meetings with their attendees.
    pub meetings: Vec<MeetingRecord>,
    /// The rights of the adapter.
    pub rights: Rights,
}

/// The contents as a file for the built-in CRM. The rights are left out.
impl From<CrmContents> for ImportFile {
    fn from(contents: CrmContents) -> Self {
        let mut file = Self::default();
        file.meetings = contents.meetings;
        for person in contents.people {
            match person.reference.kind {
                PersonKind::User => file.users.push(ImportedUser {
                    zoom: OnlineUser {
                        provider: zoom::LOCATION,
                        user: person.reference.id.clone(),
                        enabled: false,
                        online_id: None,
                    },
                    person,
                    roles: Vec::new(),
                }),
                PersonKind::Contact => file.contacts.push(person),
                PersonKind::Lead => file.leads.push(person),
            }
        }
        file
    }
}

/// Checks that an adapter of a CRM keeps the contract of [`Records`]. Returns the checks that failed.
///
/// `make` is called for each check. It puts the contents into an empty CRM, and returns an adapter for it. It returns
/// `None` if the CRM cannot withhold the [rights](CrmContents::rights); the check then ends. The checks compare the
/// values that mails depend on: a person's name and reach, a meeting's [facts](Meeting::facts), assigned user and join
/// URL.
///
/// | check | of |
/// | --- | --- |
/// | `a_meeting_is_read` | a meeting, and `None` for another id |
/// | `pages_leave_nobody_out` | 254 attendees, each once, with their people, in the same order again |
/// | `an_attendee_is_found` | single attendees: as on the pages, and `None` for strangers |
/// | `people_are_found` | single people and 200 at once: as on the pages, and none for strangers |
/// | `no_address_is_nowhere` | a record without an address |
/// | `an_address_not_shown_is_hidden` | without the right to see addresses: hidden, never nowhere |
/// | `the_join_url_is_kept` | written, written again, replaced, cleared; the answer is what the record says |
/// | `the_join_url_of_somebody_else_stays` | another join URL than expected is left alone |
/// | `a_join_url_not_kept_is_told` | without the right to write it: the old one, or an error |
/// | `answers_are_kept` | many in one call, the same again; those of others stay |
/// | `unknown_ids_are_refused` | writes to a meeting that is not there, an answer of a stranger |
pub async fn crm_suite<R: Records>(make: impl AsyncFn(CrmContents) -> Option<R>) -> Vec<Failure> {
    let mut failures = Vec::new();
    macro_rules! run {
        ($($check:ident with $rights:expr;)*) => {$(
            let checked = async {
                let contents = CrmContents::new($rights).map_err(|error| Broken(error.to_string()))?;
                let withheld = contents.rights != Rights::All;
                match make(contents.clone()).await {
                    Some(records) => $check(&records, &contents).await,
                    None if withheld => Ok(()),
                    None => Err(Broken("no CRM was made".to_owned())),
                }
            };
            note(&mut failures, stringify!($check), checked.await);
        )*};
    }
    run! {
        a_meeting_is_read with Rights::All;
        pages_leave_nobody_out with Rights::All;
        an_attendee_is_found with Rights::All;
        people_are_found with Rights::All;
        no_address_is_nowhere with Rights::All;
        an_address_not_shown_is_hidden with Rights::WithoutAddressesOf(shy()?);
        the_join_url_is_kept with Rights::All;
        the_join_url_of_somebody_else_stays with Rights::All;
        a_join_url_not_kept_is_told with Rights::WithoutJoinUrl;
        answers_are_kept with Rights::All;
        unknown_ids_are_refused with Rights::All;
    }
    failures
}

/// The people whose addresses may be hidden: the host, and one of each other kind.
fn shy() -> Result<Vec<PersonRef>, Broken> {
    let people = ["user:ana", "contact:guest-7", "lead:guest-1"];
    people.into_iter().map(|person| Ok(person.parse()?)).collect()
}

impl CrmContents {
    fn new(rights: Rights) -> Result<Self, BoxError> {
        let person = |reference: &str, name: &str, address: Option<&str>| -> Result<Person, BoxError> {
            let address: Option<EmailAddress> = address.map(str::parse).transpose()?;
            Ok(Person::new(reference.parse()?, name, address))
        };
        let mut people = vec![
            person("user:ana", "Ana Núñez", Some("ana@acme.example"))?,
            person("user:ben", "Ben", Some("ben@acme.example"))?,
            // This lead is another record than the contact with the same id.
            person("lead:guest-1", "Mika", Some("mika@lead.example"))?,
            person("contact:mute", "No Address", None)?,
            person("contact:apart", "Not Invited", Some("apart@client.example"))?,
        ];
        for guest in 0..GUESTS {
            let address = format!("guest-{guest}@client.example");
            let reference = format!("contact:guest-{guest}");
            people.push(person(&reference, &format!("Guest, {guest}"), Some(&address))?);
        }
        let is_invited = |person: &&Person| person.reference.id.as_str() != "apart";
        let attendees = people
            .iter()
            .filter(is_invited)
            .enumerate()
            .map(|(place, person)| {
                let answers = [Acceptance::None, Acceptance::Accepted, Acceptance::Declined];
                Attendee {
                    person: person.reference.clone(),
                    status: answers[place % answers.len()],
                }
            });
        let when = When::timed("2036-12-01T09:00:00Z".parse()?, "2036-12-01T09:45:00Z".parse()?)?;
        let mut kickoff = Meeting::new(
            "kickoff".parse()?,
            "Kick-off; phase 1",
            when,
            Zone::new("Europe/Berlin")?,
        )?;
        kickoff.assigned_user = Some("ana".parse()?);
        kickoff.description = Some("Agenda:\n- scope".to_owned());
        kickoff.location = Some("Hall 2".to_owned());
        let days = When::all_day("2036-12-03".parse()?, "2036-12-04".parse()?)?;
        let mut offsite = Meeting::new("offsite".parse()?, "Offsite", days, Zone::new("Europe/Berlin")?)?;
        offsite.assigned_user = Some("ben".parse()?);
        let meetings = vec![
            MeetingRecord {
                attendees: attendees.collect(),
                meeting: kickoff,
            },
            MeetingRecord {
                meeting: offsite,
                attendees: Vec::new(),
            },
        ];
        Ok(Self {
            people,
            meetings,
            rights,
        })
    }

    fn person(&self, reference: &PersonRef) -> Option<&Person> {
        self.people.iter().find(|person| person.reference == *reference)
    }

    /// The meeting with 254 attendees.
    fn kickoff(&self) -> &MeetingRecord {
        &self.meetings[0]
    }
}

/// All attendees, page after page.
async fn invitees(crm: &dyn Records, id: &MeetingId) -> Result<Vec<Invitee>, Broken> {
    let mut all = Vec::new();
    let mut pages = crm.attendees(id);
    while let Some(page) = pages.next().await {
        all.extend(page?);
    }
    Ok(all)
}

async fn answers(crm: &dyn Records, id: &MeetingId) -> Result<BTreeSet<(String, &'static str)>, Broken> {
    let invitees = invitees(crm, id).await?;
    let answers = invitees.iter().map(|Invitee { attendee, .. }| answer(attendee));
    Ok(answers.collect())
}

fn answer(attendee: &Attendee) -> (String, &'static str) {
    (attendee.person.to_string(), attendee.status.as_str())
}

async fn meeting(crm: &dyn Records, id: &MeetingId) -> Result<Meeting, Broken> {
    let found = crm.meeting(id).await?;
    found.ok_or_else(|| Broken(format!("there is no meeting {:?}", id.as_str())))
}

fn same_person(read: Option<&Person>, should_be: Option<&Person>) -> Checked {
    let seen = |person: &Person| {
        (
            person.reference.clone(),
            person.name.clone(),
            person.reach.clone(),
        )
    };
    same("a person", read.map(seen), should_be.map(seen))
}

async fn a_meeting_is_read(crm: &dyn Records, contents: &CrmContents) -> Checked {
    for MeetingRecord { meeting: made, .. } in &contents.meetings {
        let read = meeting(crm, made.id()).await?;
        same("the id", read.id(), made.id())?;
        same("the facts", read.facts(), made.facts())?;
        same("the assigned user", &read.assigned_user, &made.assigned_user)?;
        same("the join URL", &read.join_url, &made.join_url)?;
    }
    let unknown = crm.meeting(&"nowhere".parse()?).await?;
    same("a meeting that is not there", unknown, None)
}

async fn pages_leave_nobody_out(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let kickoff = contents.kickoff();
    let read = invitees(crm, kickoff.meeting.id()).await?;
    let mut seen = BTreeSet::new();
    for invitee in &read {
        let person = &invitee.attendee.person;
        holds(
            format!("{person} is on the pages once"),
            seen.insert(person.to_string()),
        )?;
        same_person(invitee.person.as_ref(), contents.person(person))?;
    }
    for attendee in &kickoff.attendees {
        holds(
            format!("{} is on a page", attendee.person),
            seen.contains(&attendee.person.to_string()),
        )?;
    }
    same("the number of attendees", read.len(), kickoff.attendees.len())?;
    let made: BTreeSet<_> = kickoff.attendees.iter().map(answer).collect();
    same("the answers", answers(crm, kickoff.meeting.id()).await?, made)?;
    let again = invitees(crm, kickoff.meeting.id()).await?;
    holds("the attendees come in the same order again", again == read)?;
    for id in ["offsite", "nowhere"] {
        let none = invitees(crm, &id.parse()?).await?;
        same(format!("the attendees of {id:?}"), none.len(), 0)?;
    }
    Ok(())
}

async fn an_attendee_is_found(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let kickoff = contents.kickoff();
    let id = kickoff.meeting.id();
    for attendee in kickoff.attendees.iter().step_by(40) {
        let person = &attendee.person;
        let found = crm.attendee(id, person).await?;
        let found = found.ok_or_else(|| Broken(format!("{person} is not found")))?;
        same("an attendee", &found.attendee, attendee)?;
        same_person(found.person.as_ref(), contents.person(person))?;
    }
    for stranger in ["contact:apart", "contact:ana", "lead:nobody"] {
        let found = crm.attendee(id, &stranger.parse()?).await?;
        same(format!("{stranger} as an attendee"), found, None)?;
    }
    Ok(())
}

async fn people_are_found(crm: &dyn Records, contents: &CrmContents) -> Checked {
    for person in contents.people.iter().step_by(40).chain(&contents.people[..5]) {
        same_person(crm.person(&person.reference).await?.as_ref(), Some(person))?;
    }
    let stranger: PersonRef = "lead:nobody".parse()?;
    same("a person who is not there", crm.person(&stranger).await?, None)?;
    let asked = contents.people.iter().take(PEOPLE_AT_ONCE - 1);
    let mut asked: Vec<PersonRef> = asked.map(|person| person.reference.clone()).collect();
    asked.push(stranger);
    let found = crm.people(&asked).await?;
    same(
        "the number of people of 200 references, one of a stranger",
        found.len(),
        PEOPLE_AT_ONCE - 1,
    )?;
    for person in &found {
        same_person(Some(person), contents.person(&person.reference))?;
    }
    let each: BTreeSet<String> = found.iter().map(|person| person.reference.to_string()).collect();
    same(
        "the number of different people among them",
        each.len(),
        found.len(),
    )
}

/// The reach of a person, by each way to ask for it.
async fn reaches(
    crm: &dyn Records,
    id: &MeetingId,
    person: &PersonRef,
) -> Result<[(&'static str, Option<Reach>); 4], Broken> {
    let reach = |person: Option<Person>| person.map(|person| person.reach);
    let pages = invitees(crm, id).await?;
    let on_page = pages
        .into_iter()
        .find(|invitee| invitee.attendee.person == *person);
    let alone = crm.attendee(id, person).await?;
    let several = crm.people(std::slice::from_ref(person)).await?;
    Ok([
        ("on a page", reach(on_page.and_then(|invitee| invitee.person))),
        ("as an attendee", reach(alone.and_then(|invitee| invitee.person))),
        ("as a person", reach(crm.person(person).await?)),
        ("among people", reach(several.into_iter().next())),
    ])
}

async fn no_address_is_nowhere(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let mute: PersonRef = "contact:mute".parse()?;
    for (place, reach) in reaches(crm, contents.kickoff().meeting.id(), &mute).await? {
        same(
            format!("the reach of {mute} {place}"),
            reach,
            Some(Reach::Nowhere),
        )?;
    }
    Ok(())
}

async fn an_address_not_shown_is_hidden(crm: &dyn Records, contents: &CrmContents) -> Checked {
    for person in shy()? {
        for (place, reach) in reaches(crm, contents.kickoff().meeting.id(), &person).await? {
            same(
                format!("the reach of {person} {place}"),
                reach,
                Some(Reach::Hidden),
            )?;
        }
    }
    Ok(())
}

fn join_url(number: u32) -> Result<JoinUrl, Broken> {
    Ok(JoinUrl::new(format!(
        "https://acme.zoom.us/j/{number}?pwd=a.b%20c"
    ))?)
}

/// Writes a join URL. Checks the answer and the record, which both must be `should_be`.
async fn write(
    crm: &dyn Records,
    id: &MeetingId,
    expected: Option<&JoinUrl>,
    join_url: Option<&JoinUrl>,
    should_be: Option<&JoinUrl>,
) -> Checked {
    let answer = crm.set_join_url(id, expected, join_url).await?;
    let what = format!("writing {join_url:?} over {expected:?}");
    same(format!("{what}, the answer"), answer.as_ref(), should_be)?;
    let record = meeting(crm, id).await?.join_url;
    same(format!("{what}, the record"), record.as_ref(), should_be)
}

async fn the_join_url_is_kept(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let id = contents.kickoff().meeting.id();
    let (first, second) = (join_url(1)?, join_url(2)?);
    let (first, second) = (Some(&first), Some(&second));
    write(crm, id, None, first, first).await?;
    // The run repeats the write, once without knowing its result and once with it.
    write(crm, id, None, first, first).await?;
    write(crm, id, first, first, first).await?;
    write(crm, id, first, second, second).await?;
    let other = meeting(crm, &"offsite".parse()?).await?;
    same("the join URL of another meeting", other.join_url, None)?;
    write(crm, id, second, None, None).await?;
    write(crm, id, None, None, None).await?;
    // The rest of the meeting is unchanged.
    let read = meeting(crm, id).await?;
    same("the facts", read.facts(), contents.kickoff().meeting.facts())
}

async fn the_join_url_of_somebody_else_stays(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let id = contents.kickoff().meeting.id();
    let (theirs, ours, older) = (join_url(1)?, join_url(2)?, join_url(3)?);
    write(crm, id, None, Some(&theirs), Some(&theirs)).await?;
    write(crm, id, None, Some(&ours), Some(&theirs)).await?;
    write(crm, id, Some(&older), Some(&ours), Some(&theirs)).await?;
    write(crm, id, Some(&older), None, Some(&theirs)).await
}

async fn a_join_url_not_kept_is_told(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let id = contents.kickoff().meeting.id();
    let url = join_url(1)?;
    if let Ok(answer) = crm.set_join_url(id, None, Some(&url)).await {
        same("the answer for a join URL that is not kept", answer, None)?;
    }
    let record = meeting(crm, id).await?.join_url;
    same("the record, which is read-only", record, None)
}

async fn answers_are_kept(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let kickoff = contents.kickoff();
    let id = kickoff.meeting.id();
    let mut should_be: BTreeSet<_> = kickoff.attendees.iter().map(answer).collect();
    // All attendees except the first and the last.
    let changed = &kickoff.attendees[1..kickoff.attendees.len() - 1];
    let statuses: Vec<(PersonRef, Acceptance)> = changed
        .iter()
        .map(|attendee| (attendee.person.clone(), Acceptance::Tentative))
        .collect();
    for attendee in changed {
        should_be.remove(&answer(attendee));
        should_be.insert((attendee.person.to_string(), Acceptance::Tentative.as_str()));
    }
    for time in ["once", "again"] {
        crm.set_statuses(id, &statuses).await?;
        holds(
            format!("the answers are as they were written {time}"),
            answers(crm, id).await? == should_be,
        )?;
    }
    let (first, _) = &statuses[0];
    crm.set_statuses(id, &[(first.clone(), Acceptance::None)]).await?;
    let alone = crm
        .attendee(id, first)
        .await?
        .map(|invitee| invitee.attendee.status);
    same("an answer that was taken back", alone, Some(Acceptance::None))
}

async fn unknown_ids_are_refused(crm: &dyn Records, contents: &CrmContents) -> Checked {
    let nowhere: MeetingId = "nowhere".parse()?;
    let written = crm.set_join_url(&nowhere, None, Some(&join_url(1)?)).await;
    holds(
        "a join URL of a meeting that is not there is an error",
        written.is_err(),
    )?;
    let stranger = [("contact:apart".parse()?, Acceptance::Accepted)];
    for id in [contents.kickoff().meeting.id(), &nowhere] {
        let written = crm.set_statuses(id, &stranger).await;
        let what = format!(
            "the answer of a person who is not invited to {:?} is an error",
            id.as_str()
        );
        holds(what, written.is_err())?;
    }
    let made: BTreeSet<_> = contents.kickoff().attendees.iter().map(answer).collect();
    let read = answers(crm, contents.kickoff().meeting.id()).await?;
    holds("the answers stay after that", read == made)
}
