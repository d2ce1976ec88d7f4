//! Step 4, second half: many mails, some of them at a time, on all processors.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::ops::Range;

use async_trait::async_trait;

use super::PipelineError;
use super::recipients::Recipient;
use super::render::{Invitation, Letter, Renderer, Words};
use crate::calendar::{EventWriter, Participant};
use crate::mail::{Abandoned, NewInvitation, Purpose, Supply};
use crate::meeting::{Acceptance, Change, Language};

/// How many mails are in memory at a time.
const AT_ONCE: usize = 512;
/// For fewer mails than these another thread is not worth it.
const LEAST_FOR_A_THREAD: usize = 16;

/// What the mails have in common that are in one language and for people who were told the same before.
pub(super) struct Group<'r> {
    letter: Letter,
    language: &'r Language,
    words: Words,
    change: Option<Change>,
    /// Who takes part, where it is not just the meeting's attendees.
    participants: Option<Vec<Participant<'r>>>,
}

/// All mails by their groups.
pub(super) struct Groups<'r> {
    groups: Vec<Group<'r>>,
    /// Each mail's.
    of: Vec<(usize, &'r Recipient<'r>)>,
}

impl<'a> Renderer<'a> {
    /// Sorts mails into groups.
    pub(super) fn groups<'r>(
        &'r self,
        addressed: &[(Purpose, &'r Recipient<'r>)],
    ) -> Result<Groups<'r>, PipelineError> {
        let mut places: HashMap<(&Language, Letter), usize> = HashMap::new();
        let mut groups = Vec::new();
        let mut of = Vec::with_capacity(addressed.len());
        for (purpose, recipient) in addressed {
            let language = self.language(recipient.person);
            let letter = self.letter(*purpose, recipient);
            let place = match places.get(&(language, letter)) {
                Some(place) => *place,
                None => {
                    groups.push(Group {
                        letter,
                        language,
                        words: self.words(language, recipient.person)?,
                        change: match letter {
                            Letter::Update(revision) => self.change_since(revision),
                            Letter::Invitation | Letter::Off | Letter::Removed => None,
                        },
                        participants: None,
                    });
                    places.insert((language, letter), groups.len() - 1);
                    groups.len() - 1
                }
            };
            of.push((place, *recipient));
        }
        // Who was removed is no participant any more, but is named in what says so.
        let known: HashSet<_> = self.participants().iter().map(|p| &p.person.reference).collect();
        for (place, group) in groups.iter_mut().enumerate() {
            if group.letter.purpose() == Purpose::Cancellation {
                let mut participants = self.participants().to_vec();
                let recipients = of.iter().filter(|(of, _)| *of == place);
                let others = recipients.filter(|(_, recipient)| !known.contains(&recipient.person.reference));
                participants.extend(others.map(|(_, recipient)| Participant {
                    person: recipient.person,
                    status: Acceptance::None,
                }));
                group.participants = Some(participants);
            }
        }
        Ok(Groups { groups, of })
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
            EventWriter::new(&renderer.event(group.letter, &group.words, group.change.as_ref(), participants))
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
        let mut all = Vec::with_capacity(self.groups.of.len());
        while self.done < self.groups.of.len() {
            all.append(&mut self.some()?);
        }
        Ok(all)
    }

    /// Why it was abandoned, if it was.
    pub(super) fn into_failure(self) -> Option<PipelineError> {
        self.failure
    }

    /// The next few.
    fn some(&mut self) -> Result<Vec<Invitation>, PipelineError> {
        let begin = self.done;
        self.done = (begin + AT_ONCE).min(self.groups.of.len());
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
                .map(|thread| scope.spawn(move || this.render(range(thread))))
                .collect();
            let mut all = self.render(range(0))?;
            for other in others {
                match other.join() {
                    Ok(rendered) => all.append(&mut rendered?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(all)
        })
    }

    fn render(&self, range: Range<usize>) -> Result<Vec<Invitation>, PipelineError> {
        let mails = self.groups.of[range].iter();
        mails
            .map(|(place, recipient)| {
                let group = &self.groups.groups[*place];
                let calendar = self.writers[*place].for_recipient(&recipient.person.reference)?;
                self.renderer.one(
                    recipient,
                    group.letter,
                    group.language,
                    group.change.as_ref(),
                    calendar,
                )
            })
            .collect()
    }
}

#[async_trait]
impl Supply for Press<'_> {
    async fn next(&mut self) -> Result<Vec<NewInvitation>, Abandoned> {
        match self.some() {
            Ok(some) => Ok(some.into_iter().map(Invitation::into_new).collect()),
            Err(error) => {
                self.failure = Some(error);
                Err(Abandoned)
            }
        }
    }
}
