//! The meeting as it is now, compared with the revisions that were told.

use uuid::Uuid;

use crate::mail::Organizer;
use crate::meeting::{ChangedField, Facts, MeetingId, Revision, Tenure};
use crate::pipeline::facts::Case;

/// The meeting as it is now, compared with the revisions that were told.
pub(super) struct Present {
    pub(super) tenure: Tenure,
    pub(super) uid: String,
    pub(super) organizer: Option<Organizer>,
    pub(super) facts: Facts,
    /// The oldest revision since which the tenure has the present facts; `None`: its newest revision has others.
    pub(super) as_now_since: Option<Revision>,
    /// Whether a revision was told, and the meeting differs from it now.
    pub(super) rose: bool,
    /// Whether the time, the organizer or the status is different, so that no earlier answer stands (RFC 5546 §3.2.2.1).
    pub(super) ends_answers: bool,
}

impl Present {
    pub(super) fn of(case: &Case, takes_place: bool, domain: &str) -> Self {
        let meeting = &case.meeting;
        let facts = meeting.facts();
        let organizer = case.organizer.email().cloned().map(|email| Organizer {
            person: case.organizer.reference.clone(),
            name: case.organizer.name.clone(),
            email,
        });
        let last = case.history.last();
        let changes_hands = takes_place
            && last.is_some_and(|last| match (&last.organizer, &organizer) {
                (Some(told), Some(now)) => !told.is_same(now, &last.uid),
                _ => false,
            });
        let Some(last) = last.filter(|_| !changes_hands) else {
            let tenure = last.map_or(Tenure::default(), |last| last.tenure.next());
            return Self {
                tenure,
                uid: match (meeting.uid(), tenure) {
                    // The CRM's own UID is used for the first organizer.
                    (Some(uid), Tenure(0)) => uid.to_owned(),
                    _ => format!("{}@{domain}", new_uid(meeting.id(), tenure, domain)),
                },
                organizer,
                facts,
                as_now_since: None,
                rose: last.is_some(),
                ends_answers: last.is_some(),
            };
        };
        let of_tenure = case
            .history
            .iter()
            .rev()
            .take_while(|issued| issued.tenure == last.tenure);
        let as_now = of_tenure.take_while(|issued| facts.are_as_told(&issued.facts));
        let as_now_since = as_now.last().map(|issued| issued.revision);
        let rose = as_now_since.is_none();
        let change = facts.change_since(&last.facts);
        let ends_answers = |field: &ChangedField| matches!(field, ChangedField::When | ChangedField::Status);
        Self {
            tenure: last.tenure,
            uid: last.uid.clone(),
            organizer: match takes_place {
                true => organizer,
                // The CANCEL names the organizer of the invitation (RFC 5546 §3.2.5).
                false => {
                    let told = last.organizer.clone().filter(|told| !told.is_forgotten());
                    told.or(organizer)
                }
            },
            as_now_since,
            rose,
            ends_answers: rose && change.is_some_and(|change| change.fields.iter().any(ends_answers)),
            facts,
        }
    }
}

/// The UID is derived from meeting and tenure, so that a calendar object that is only shown has the UID with which it is sent
/// later.
fn new_uid(id: &MeetingId, tenure: Tenure, domain: &str) -> Uuid {
    let name = match tenure {
        Tenure(0) => format!("https://{domain}/meeting/{id}"),
        _ => format!("https://{domain}/meeting/{id}#{tenure}"),
    };
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}
