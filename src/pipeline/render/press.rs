//! Step 4, second half: renders the mails of a plan in batches, on all processors.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use super::message::{Form, Invitation, Order};
use super::renderer::Renderer;
use super::wording::{Wording, Words};
use crate::calendar::{EventWriter, Method, Participant};
use crate::mail::{MessageBase, NewInvitation};
use crate::meeting::{Language, PersonKind, Zone};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::Place;
use crate::pipeline::plan::{Mail, MailKind, Plan};
use crate::processors;

/// How many mails are rendered at a time, so that they are not in memory twice when they are put together.
const AT_ONCE: usize = 1024;
/// Fewer mails than these are not worth another thread.
const LEAST_FOR_A_THREAD: usize = 16;
/// Fewer mails than these are rendered one by one: making a form costs as much as rendering a mail.
const LEAST_FOR_A_FORM: usize = 3;
/// How many forms are made at most. Each takes about 50 KB.
const MOST_FORMS: usize = 128;

/// The common parts of all mails of one kind, revision and language.
pub(in crate::pipeline) struct Group<'r> {
    wording: Wording<'r>,
    words: Words,
    /// The participants, where they are not just the meeting's attendees.
    participants: Option<Vec<Participant<'r>>>,
}

/// The mails of a plan, sorted by their common parts.
pub(in crate::pipeline) struct Groups<'r> {
    groups: Vec<Group<'r>>,
    /// The place in `groups`, by language, kind and revision.
    by_wording: HashMap<(&'r Language, MailKind, usize), usize>,
    /// For readers whose mails differ in the slots alone: how many they are, and the place of one of them.
    readers: HashMap<Readers<'r>, (usize, Place)>,
}

/// Readers whose mails differ in the slots alone: the group, the time zone, and whether they are users.
type Readers<'r> = (usize, &'r Zone, bool);

impl<'a> Renderer<'a> {
    /// Sorts mails into groups.
    pub(in crate::pipeline) fn groups<'r>(&'r self, plan: &'r Plan<'r>) -> Result<Groups<'r>, PipelineError> {
        let mut all = Groups {
            groups: Vec::new(),
            by_wording: HashMap::new(),
            readers: HashMap::new(),
        };
        for mail in plan.mails() {
            let language = self.language_at(mail.place);
            let wording = (language, mail.kind, mail.issue);
            let group = match all.by_wording.get(&wording) {
                Some(group) => *group,
                None => {
                    all.groups.push(Group {
                        wording: Wording {
                            kind: mail.kind,
                            issue: mail.issue,
                            language,
                            change: match mail.kind {
                                MailKind::Update(since) => self.change_since(since),
                                _ => None,
                            },
                        },
                        words: self.words(language, &self.person_at(mail.place))?,
                        participants: None,
                    });
                    all.by_wording.insert(wording, all.groups.len() - 1);
                    all.groups.len() - 1
                }
            };
            self.name_those_removed(&mut all.groups[group], mail.place);
            let readers = all.readers.entry(self.readers(group, mail.place));
            readers.or_insert((0, mail.place)).0 += 1;
        }
        Ok(all)
    }

    fn readers(&self, group: usize, place: Place) -> Readers<'_> {
        let is_user = self.case().reference(place).kind == PersonKind::User;
        (group, self.zone_at(place), is_user)
    }

    /// A removed attendee is no participant any more, but is named in the CANCEL that says so.
    fn name_those_removed<'r>(&'r self, group: &mut Group<'r>, place: Place) {
        let Some(person) = self.case().former_at(place) else {
            return;
        };
        let participants = group
            .participants
            .get_or_insert_with(|| self.participants(group.wording.issue).to_vec());
        participants.push(self.participant(group.wording.issue, person));
    }

    /// The writer of a group's calendar objects.
    fn writer<'r>(&'r self, group: &'r Group<'r>) -> Result<EventWriter<'r>, PipelineError> {
        let participants = group.participants.as_deref();
        let participants = participants.unwrap_or(self.participants(group.wording.issue));
        let event = self.event(&group.wording, &group.words, participants);
        Ok(EventWriter::new(&event)?)
    }

    /// Makes a form for each 3 or more readers of the same words in the same time zone; the largest such groups
    /// first.
    fn forms<'r>(&self, groups: &Groups<'r>, writers: &[EventWriter<'_>]) -> HashMap<Readers<'r>, Form> {
        let mut many: Vec<_> = groups
            .readers
            .iter()
            .filter(|(_, (count, _))| *count >= LEAST_FOR_A_FORM)
            .collect();
        many.sort_unstable_by_key(|(_, (count, _))| Reverse(*count));
        many.truncate(MOST_FORMS);
        let forms = processors::share(&many, 1, |(readers, (_, place))| {
            let (wording, writer) = (&groups.groups[readers.0].wording, &writers[readers.0]);
            let form = self.form(&self.person_at(*place), wording, writer);
            Ok::<_, Infallible>(form.map(|form| (**readers, form)))
        });
        let Ok(forms) = forms;
        forms.into_iter().flatten().collect()
    }
}

/// Renders the mails of a plan in their order. The common parts of a group are made once.
pub(in crate::pipeline) struct Press<'r> {
    renderer: &'r Renderer<'r>,
    groups: &'r Groups<'r>,
    /// One for each group.
    writers: Vec<EventWriter<'r>>,
    /// For each group the message from which those without a form are told apart, once there is one.
    bases: Vec<OnceLock<Arc<MessageBase>>>,
    forms: HashMap<Readers<'r>, Form>,
    mails: Vec<&'r Mail<'r>>,
    /// The digest of the invitations, where that is not the present revision's.
    content: Option<i64>,
}

impl<'r> Press<'r> {
    pub(in crate::pipeline) fn new(
        renderer: &'r Renderer<'r>,
        groups: &'r Groups<'r>,
        plan: &'r Plan<'r>,
    ) -> Result<Self, PipelineError> {
        let writers = groups.groups.iter().map(|group| renderer.writer(group));
        let writers: Vec<_> = writers.collect::<Result<_, _>>()?;
        Ok(Self {
            forms: renderer.forms(groups, &writers),
            bases: groups.groups.iter().map(|_| OnceLock::new()).collect(),
            renderer,
            groups,
            writers,
            mails: plan.mails().collect(),
            content: plan.content,
        })
    }

    /// Renders all mails in full.
    pub(in crate::pipeline) fn invitations(&self) -> Result<Vec<Invitation>, PipelineError> {
        self.all(Renderer::one)
    }

    /// Renders all mails for the outbox, as small as it keeps them.
    pub(in crate::pipeline) fn for_outbox(&self) -> Result<Vec<NewInvitation>, PipelineError> {
        self.all(Renderer::one_for_outbox)
    }

    fn all<T: Send>(&self, make: Make<'r, T>) -> Result<Vec<T>, PipelineError> {
        let mut all = Vec::with_capacity(self.mails.len());
        for mails in self.mails.chunks(AT_ONCE) {
            let render = |mail: &&'r Mail<'r>| self.render(mail, make);
            all.append(&mut processors::share(mails, LEAST_FOR_A_THREAD, render)?);
        }
        Ok(all)
    }

    fn render<T>(&self, mail: &'r Mail<'r>, make: Make<'r, T>) -> Result<T, PipelineError> {
        let renderer = self.renderer;
        let place = mail.place;
        // Every mail was sorted into a group.
        let group = self.groups.by_wording[&(renderer.language_at(place), mail.kind, mail.issue)];
        let order = Order {
            mail,
            content: self
                .content
                .filter(|_| mail.issue == 0 && mail.kind.method() == Method::Request),
            person: renderer.person_at(place),
            wording: &self.groups.groups[group].wording,
            form: self.forms.get(&renderer.readers(group, place)),
            base: &self.bases[group],
            writer: &self.writers[group],
        };
        make(renderer, order)
    }
}

/// The function that makes a mail from an order.
type Make<'r, T> = fn(&Renderer<'r>, Order<'_>) -> Result<T, PipelineError>;
