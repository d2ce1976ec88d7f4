//! A mail rendered once for all readers who get the same words, except for their own values: their name, and the links
//! by which they answer.
//!
//! Rendering a mail takes about 100 times as long as copying it, and the mails to one meeting mostly differ only in
//! these slots. So the mail is rendered for an invented reader whose name and links are marks that stand nowhere else.
//! Then each mark is replaced by each reader's value. The result must equal, to the octet, the mail that rendering for
//! this reader would give. It does if templates and labels only print the values (`printing`), and if the later steps
//! on the page do not depend on the values (`places`). If either is not certain, there is no stencil, and every mail is
//! rendered.

mod places;
mod printing;
mod slots;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::mail::{Slot, SlotValue, SlotValues, SlottedText};
use crate::meeting::{Language, Person};

use super::body::Rewriting;
use super::context::{AnswerLinks, InvitationContext};
use super::mail::Printed;
use crate::template::limits::MAX_OUTPUT;
use crate::template::name::{Part, TemplateName};
use crate::template::{Rendered, TemplateError, Templates, escaped};
use slots::{LONGEST, Readers, SLOTS};

/// A mail with slots for each reader's own values.
#[derive(Debug, Clone)]
pub struct Stencil {
    /// The mail, with empty subject and bodies.
    mail: Rendered,
    subject: SlottedText,
    html: SlottedText,
    text: SlottedText,
    rewriting: Rewriting,
    /// Whether readers have links to answer with.
    has_links: bool,
}

impl Stencil {
    /// `None`: a mark stands in a place of the page that a value could change, or a part could exceed its limits with
    /// values in it.
    fn new(mail: Rendered, printed: &Printed, has_links: bool) -> Option<Self> {
        let rewriting = printed.rewriting;
        // A mark that was written in another way would not be found.
        let is_lost = |page: &String, mark| page.matches(mark).count() != mail.html.matches(mark).count();
        let page = printed.page.as_ref();
        if page.is_some_and(|page| slots::marks().into_iter().any(|mark| is_lost(page, mark)))
            || !places::can_be_filled(&mail.html, rewriting)
        {
            return None;
        }
        let cut = |text: &str| SlottedText::new(text, &slots::marks());
        let stencil = Self {
            subject: cut(&mail.subject),
            html: cut(&mail.html),
            text: cut(&mail.text),
            mail: Rendered {
                subject: String::new(),
                html: String::new(),
                text: String::new(),
                ..mail
            },
            rewriting,
            has_links,
        };
        let parts = [&stencil.subject, &stencil.html, &stencil.text];
        let count: usize = parts.iter().map(|part| part.slots().len()).sum();
        (printed.longest_part + count * LONGEST <= MAX_OUTPUT).then_some(stencil)
    }

    /// The language of the mail.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.mail.language
    }

    /// The mail with a mark in each slot.
    #[must_use]
    pub fn mail(&self) -> Rendered {
        let marks = self.marks().into_iter();
        self.fill(&marks.map(|(slot, mark)| (slot, SlotValue::Same(mark))).collect())
    }

    /// The slots that the mail has, each with its mark.
    #[must_use]
    pub fn marks(&self) -> BTreeMap<Slot, String> {
        let slots = SLOTS.iter().enumerate().filter(|(place, _)| self.has(*place));
        slots
            .map(|(_, slot)| (slot.slot.clone(), slot.mark.to_owned()))
            .collect()
    }

    fn has(&self, place: usize) -> bool {
        [&self.subject, &self.html, &self.text]
            .iter()
            .any(|part| part.slots().contains(&place))
    }

    /// This reader's values for the slots. The rest of the context must be the same as for the reader that the stencil
    /// was made for. `None`: a value cannot be put in, or the mail could differ in more than the slots.
    #[must_use]
    pub fn values(&self, context: &InvitationContext<'_>) -> Option<SlotValues> {
        if context.answer_links.is_some() != self.has_links {
            return None;
        }
        let mut values = SlotValues::new();
        for (place, slot) in SLOTS.iter().enumerate() {
            let Some(value) = slot.value_of(context) else {
                continue;
            };
            // Conditions ask whether a value is there.
            if value.is_empty() {
                return None;
            }
            if !self.has(place) {
                continue;
            }
            if !slot.takes(&value) {
                return None;
            }
            let html = match self.html.slots().contains(&place) {
                true => self.in_html(&value)?,
                false => value.to_string(),
            };
            values.insert(slot.slot.clone(), SlotValue::new(value.into_owned(), html));
        }
        Some(values)
    }

    /// The value as the page writes it. `None`: the page writes it differently in different places.
    fn in_html(&self, value: &str) -> Option<String> {
        let escaped = escaped(value);
        let is_same_everywhere = match self.rewriting {
            Rewriting::None => true,
            // A rewritten page writes quotes and angle brackets in text in another way than in attributes.
            Rewriting::Done { .. } => escaped == value.replace('&', "&amp;"),
        };
        is_same_everywhere.then_some(escaped)
    }

    /// The mail with these values in its slots. The values must come from [`values`](Self::values).
    #[must_use]
    pub fn fill(&self, values: &SlotValues) -> Rendered {
        let all = |of: fn(&SlotValue) -> &str| {
            SLOTS
                .each_ref()
                .map(|slot| values.get(&slot.slot).map(of).unwrap_or_default())
        };
        let (text, html) = (all(SlotValue::text), all(SlotValue::html));
        Rendered {
            subject: self.subject.fill(&text),
            html: self.html.fill(&html),
            text: self.text.fill(&text),
            ..self.mail.clone()
        }
    }
}

impl Templates {
    /// Renders a mail for all readers with an equal context, except for name, address, record, and the targets of their
    /// links to answer. `None`: the mail may depend on more than the spelling of these values.
    ///
    /// # Errors
    /// As of [`Templates::render`].
    pub fn stencil(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Option<Stencil>, TemplateError> {
        if !self.only_prints_slots(name, context)? {
            return Ok(None);
        }
        let Readers { name: reader, links } = Readers::marked();
        let reader = Person {
            name: reader,
            ..context.invitee.clone()
        };
        let has_links = context.answer_links.is_some();
        let context = InvitationContext {
            invitee: &reader,
            answer_links: has_links.then_some(&links),
            ..*context
        };
        let (mail, printed) = self.render_parts(name, &context, None)?;
        Ok(Stencil::new(mail, &printed, has_links))
    }

    /// Whether the files and labels of a mail print each reader's own values unchanged or not at all.
    fn only_prints_slots(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<bool, TemplateError> {
        let ours = &context.organization.language;
        let choose = |part| self.choose(name, part, context.language, ours);
        let html = choose(Part::Html);
        let text = choose(Part::Text);
        // A text body that is made from the page is broken into lines, and the breaks depend on the name.
        let is_made_of_page = match (&html, &text) {
            (Some(html), Some(text)) => self.speaks_for_itself(text, html),
            _ => true,
        };
        if is_made_of_page {
            return Ok(false);
        }
        for choice in [choose(Part::Subject), html, text].into_iter().flatten() {
            let locale = self.0.locales.of(&choice.language, ours, &self.0.labels)?;
            let mut files = Vec::new();
            self.reach(choice.template.to_owned(), &mut files);
            let file = |path: &String| self.0.catalogue.file(path).map(|file| file.text.as_str());
            if !files
                .iter()
                .filter_map(file)
                .all(|text| printing::only_prints_slots(text, &locale))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
