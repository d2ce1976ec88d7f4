//! Step 4, second half: many mails, some of them at a time, on all processors.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::ops::Range;

use async_trait::async_trait;

use super::PipelineError;
use super::letter::{Letter, Wording, Words};
use super::recipients::Recipient;
use super::render::{Form, Invitation, Renderer};
use crate::calendar::{EventWriter, Participant};
use crate::mail::{Abandoned, NewInvitation, Purpose, Supply};
use crate::meeting::{Acceptance, Language, Person, PersonKind};

/// How many mails are in memory at a time: the outbox writes some while the next are made.
const AT_ONCE: usize = 64;
/// The same where all of them are to be in memory anyway.
const OF_ALL_AT_ONCE: usize = 512;
/// For fewer mails than these another thread is not worth it.
const LEAST_FOR_A_THREAD: usize = 16;
/// Of fewer mails than these each is rendered; a form costs as much as one.
const LEAST_FOR_A_FORM: usize = 3;
/// How many forms there are at most. Each takes some 50 KB.
const MOST_FORMS: usize = 128;

/// What the mails have in common that are in one language and for people who were told the same before.
pub(super) struct Group<'r> {
    wording: Wording<'r>,
    words: Words,
    /// Who takes part, where it is not just the meeting's attendees.
    participants: Option<Vec<Participant<'r>>>,
}

/// One mail to make.
struct Order<'r> {
    recipient: &'r Recipient<'r>,
    group: usize,
    form: Option<usize>,
}

/// All mails by their groups.
pub(super) struct Groups<'r> {
    groups: Vec<Group<'r>>,
    orders: Vec<Order<'r>>,
    forms: Vec<Form>,
}

impl<'a> Renderer<'a> {
    /// Sorts mails into groups.
    pub(super) fn groups<'r>(
        &'r self,
        addressed: &[(Purpose, &'r Recipient<'r>)],
    ) -> Result<Groups<'r>, PipelineError> {
        let mut places: HashMap<(&Language, Letter), usize> = HashMap::new();
        let mut groups = Vec::new();
        let mut orders = Vec::with_capacity(addressed.len());
        for (purpose, recipient) in addressed {
            let language = self.language(recipient.person);
            let letter = self.letter(*purpose, recipient);
            let group = match places.get(&(language, letter)) {
                Some(place) => *place,
                None => {
                    groups.push(Group {
                        wording: Wording {
                            letter,
                            language,
                            change: match letter {
                                Letter::Update(revision) => self.change_since(revision),
                                Letter::Invitation | Letter::Off | Letter::Removed => None,
                            },
                        },
                        words: self.words(language, recipient.person)?,
                        participants: None,
                    });
                    places.insert((language, letter), groups.len() - 1);
                    groups.len() - 1
                }
            };
            orders.push(Order {
                recipient,
                group,
                form: None,
            });
        }
        self.name_those_removed(&mut groups, &orders);
        let forms = self.forms(&groups, &mut orders);
        Ok(Groups {
            groups,
            orders,
            forms,
        })
    }

    /// Who was removed is no participant any more, but is named in what says so.
    fn name_those_removed<'r>(&'r self, groups: &mut [Group<'r>], orders: &[Order<'r>]) {
        let is_of_removal = |group: &Group<'_>| group.wording.letter.purpose() == Purpose::Cancellation;
        if !groups.iter().any(is_of_removal) {
            return;
        }
        let known: HashSet<_> = self.participants().iter().map(|p| &p.person.reference).collect();
        for (place, group) in groups
            .iter_mut()
            .enumerate()
            .filter(|(_, group)| is_of_removal(group))
        {
            let others = orders
                .iter()
                .filter(|order| order.group == place && !known.contains(&order.recipient.person.reference));
            let mut participants = self.participants().to_vec();
            participants.extend(others.map(|order| Participant {
                person: order.recipient.person,
                status: Acceptance::None,
            }));
            group.participants = Some(participants);
        }
    }

    /// Makes the forms that are worth it: for many who read the same language in the same zone.
    fn forms<'r>(&'r self, groups: &[Group<'r>], orders: &mut [Order<'r>]) -> Vec<Form> {
        let key = |order: &Order<'r>| {
            let person = order.recipient.person;
            let is_user = person.reference.kind == PersonKind::User;
            (order.group, self.zone(person), is_user)
        };
        let mut readers: HashMap<_, (usize, &Person)> = HashMap::new();
        for order in orders.iter() {
            let (count, _) = readers.entry(key(order)).or_insert((0, order.recipient.person));
            *count += 1;
        }
        let mut many: Vec<_> = readers
            .into_iter()
            .filter(|(_, (count, _))| *count >= LEAST_FOR_A_FORM)
            .collect();
        many.sort_unstable_by_key(|(_, (count, _))| Reverse(*count));
        let mut forms = Vec::new();
        let mut places = HashMap::new();
        for (key, (_, person)) in many.into_iter().take(MOST_FORMS) {
            if let Some(form) = self.form(person, &groups[key.0].wording) {
                forms.push(form);
                places.insert(key, forms.len() - 1);
            }
        }
        for order in orders {
            order.form = places.get(&key(order)).copied();
        }
        forms
    }
}

/// Renders mails in their order. What is the same for a group is made once.
pub(super) struct Press<'r> {
    renderer: &'r Renderer<'r>,
    groups: &'r Groups<'r>,
    writers: Vec<EventWriter<'r>>,
    done: usize,
    failure: Option<PipelineError>,
}

impl<'r> Press<'r> {
    pub(super) fn new(renderer: &'r Renderer<'r>, groups: &'r Groups<'r>) -> Result<Self, PipelineError> {
        let writer = |group: &'r Group<'r>| {
            let participants = group.participants.as_deref().unwrap_or(renderer.participants());
            let Wording { letter, change, .. } = &group.wording;
            EventWriter::new(&renderer.event(*letter, &group.words, change.as_ref(), participants))
        };
        Ok(Self {
            renderer,
            groups,
            writers: groups.groups.iter().map(writer).collect::<Result<_, _>>()?,
            done: 0,
            failure: None,
        })
    }

    /// All of them.
    pub(super) fn all(mut self) -> Result<Vec<Invitation>, PipelineError> {
        let mut all = Vec::with_capacity(self.groups.orders.len());
        while self.done < self.groups.orders.len() {
            let mut some = self.some(OF_ALL_AT_ONCE, |press, order, form, calendar| {
                let wording = &press.groups.groups[order.group].wording;
                press.renderer.one(order.recipient, wording, form, calendar)
            })?;
            all.append(&mut some);
        }
        Ok(all)
    }

    /// Why it was abandoned, if it was.
    pub(super) fn into_failure(self) -> Option<PipelineError> {
        self.failure
    }

    /// The next few.
    fn some<T: Send>(&mut self, at_most: usize, make: Make<'r, T>) -> Result<Vec<T>, PipelineError> {
        let begin = self.done;
        self.done = (begin + at_most).min(self.groups.orders.len());
        let count = self.done - begin;
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = (count / LEAST_FOR_A_THREAD).clamp(1, processors);
        let share = count.div_ceil(threads).max(1);
        let range = |thread: usize| {
            let from = (begin + thread * share).min(self.done);
            from..(from + share).min(self.done)
        };
        std::thread::scope(|scope| {
            let this = &*self;
            let others: Vec<_> = (1..threads)
                .map(|thread| scope.spawn(move || this.render(range(thread), make)))
                .collect();
            let mut all = this.render(range(0), make)?;
            for other in others {
                match other.join() {
                    Ok(rendered) => all.append(&mut rendered?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(all)
        })
    }

    fn render<T>(&self, range: Range<usize>, make: Make<'r, T>) -> Result<Vec<T>, PipelineError> {
        let orders = self.groups.orders[range].iter();
        orders
            .map(|order| {
                let form = order.form.map(|form| &self.groups.forms[form]);
                let calendar = self.writers[order.group].for_participant(&Participant {
                    person: order.recipient.person,
                    status: order.recipient.status,
                })?;
                make(self, order, form, calendar)
            })
            .collect()
    }
}

/// What is made of an order, with its form and its calendar object.
type Make<'r, T> = fn(&Press<'r>, &Order<'r>, Option<&'r Form>, String) -> Result<T, PipelineError>;

#[async_trait]
impl Supply for Press<'_> {
    async fn next(&mut self) -> Result<Vec<NewInvitation>, Abandoned> {
        let some = self.some(AT_ONCE, |press, order, form, calendar| {
            let wording = &press.groups.groups[order.group].wording;
            press
                .renderer
                .one_for_outbox(order.recipient, wording, form, &calendar)
        });
        some.map_err(|error| {
            self.failure = Some(error);
            Abandoned
        })
    }
}
