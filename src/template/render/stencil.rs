//! A mail rendered once for all who read it in the same words but for their names.
//!
//! Rendering a mail takes some hundred times as long as copying it, and the mails to one meeting mostly differ in the
//! name they greet. So a mail is rendered for a reader whose name is a sign that stands nowhere else, and that sign is
//! replaced by each reader's name. What comes out must be, to the octet, what rendering each one would give. That is so
//! where templates and labels do nothing with the name but print it, and where no step after them changes it; where
//! that is not certain, there is no stencil, and every mail is rendered.

use crate::meeting::{Language, Person, one_line};

use super::choice::Choice;
use super::context::InvitationContext;
use crate::template::language::locale::Locale;
use crate::template::name::{Part, TemplateName};
use crate::template::tags::{Tag, Token, tags};
use crate::template::{Rendered, TemplateError, Templates, escaped};

/// The name of the reader that there is none of: of the characters for private use, which templates have no reason to
/// print.
const HOLE: &str = "\u{f0c3}\u{e2a7}\u{f5d1}\u{e9b4}";
/// The longest name that is put in: no part can outgrow its bounds by it.
const LONGEST_NAME: usize = 200;
/// The variable with the reader's name.
const NAME: &str = "invitee_name";
/// The other one that has it, amid what else is known of the reader.
const READER: &str = "invitee";

/// A mail with a hole where the reader's name is to stand.
#[derive(Debug, Clone)]
pub struct Stencil {
    /// With empty texts.
    mail: Rendered,
    /// What stands around the holes.
    subject: Vec<String>,
    html: Vec<String>,
    text: Vec<String>,
}

impl Stencil {
    fn new(mail: Rendered) -> Self {
        let around = |text: &str| text.split(HOLE).map(str::to_owned).collect();
        Self {
            subject: around(&mail.subject),
            html: around(&mail.html),
            text: around(&mail.text),
            mail: Rendered {
                subject: String::new(),
                html: String::new(),
                text: String::new(),
                ..mail
            },
        }
    }

    /// Whether this name can be put in: one that every step of rendering leaves as it is.
    #[must_use]
    pub fn takes(name: &str) -> bool {
        let is_still = |c: char| !c.is_whitespace() || c == ' ';
        !name.is_empty()
            && name.len() <= LONGEST_NAME
            && name.trim() == name
            && !name.contains("  ")
            && !name.contains(HOLE)
            && name.chars().all(is_still)
            && one_line(name) == name
            && escaped(name) == name
    }

    /// What stands where the name is to be.
    #[must_use]
    pub const fn hole() -> &'static str {
        HOLE
    }

    /// The language it is written in.
    #[must_use]
    pub fn language(&self) -> &Language {
        &self.mail.language
    }

    /// The mail with the holes in it.
    #[must_use]
    pub fn mail(&self) -> Rendered {
        self.fill(HOLE)
    }

    /// The mail for somebody. The name must be one that it [takes](Self::takes).
    #[must_use]
    pub fn fill(&self, name: &str) -> Rendered {
        Rendered {
            subject: self.subject.join(name),
            html: self.html.join(name),
            text: self.text.join(name),
            ..self.mail.clone()
        }
    }
}

impl Templates {
    /// Renders a mail for all readers of whom the context says the same, but for name, address and record. `None`
    /// where the mail may depend on more than how the name is spelled.
    ///
    /// # Errors
    /// As of [`Templates::render`].
    pub fn stencil(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Option<Stencil>, TemplateError> {
        if context.answer_links.is_some() || !self.only_prints_name(name, context)? {
            return Ok(None);
        }
        let reader = Person {
            name: HOLE.to_owned(),
            ..context.invitee.clone()
        };
        let context = InvitationContext {
            invitee: &reader,
            ..*context
        };
        let mail = self.render(name, &context)?;
        Ok((!is_within_markup(&mail.html)).then(|| Stencil::new(mail)))
    }

    /// Whether the files of a mail, and the labels in them, print the reader's name as it is or not at all.
    fn only_prints_name(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<bool, TemplateError> {
        let ours = &context.organization.language;
        let choose = |part| self.choose(name, part, context.language, ours);
        let html = choose(Part::Html);
        let text = choose(Part::Text);
        // Text that is made of the page is broken into lines, and where depends on the name.
        let is_made_of_page = match (&html, &text) {
            (Some(html), Some(text)) => self.speaks_for_itself(text, html),
            _ => true,
        };
        if is_made_of_page {
            return Ok(false);
        }
        for choice in [choose(Part::Subject), html, text].into_iter().flatten() {
            let locale = self.0.locales.of(&choice.language, ours, &self.0.labels)?;
            if !self.file_only_prints_name(&choice, &locale) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn file_only_prints_name(&self, choice: &Choice<'_>, locale: &Locale) -> bool {
        let mut files = Vec::new();
        self.reach(choice.template.to_owned(), &mut files);
        let file = |path: &String| self.0.catalogue.file(path).map(|file| file.text.as_str());
        files
            .iter()
            .filter_map(file)
            .all(|text| tags(text).iter().all(|tag| only_prints_name(tag, locale)))
    }
}

/// Whether a tag prints the reader's name as it is, or has nothing to do with it.
fn only_prints_name(tag: &Tag<'_>, locale: &Locale) -> bool {
    let is_hidden = |name: &str| name == READER || name.starts_with("__");
    let names = || {
        tag.tokens.iter().filter_map(|(_, token)| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        })
    };
    if names().any(is_hidden) {
        return false;
    }
    if tag.is_statement() {
        // What other statements enclose may be changed by them before it is printed.
        return match tag.keyword() {
            Some("set" | "set_global") => tag.is_sign(2, "=") && !names().any(|name| name == NAME),
            Some("extends" | "include") => tag.tokens.iter().all(|(_, token)| !is_variable(token)),
            Some(
                "if" | "elif" | "else" | "endif" | "for" | "endfor" | "block" | "endblock" | "break"
                | "continue",
            ) => !names().any(|name| name == NAME),
            _ => false,
        };
    }
    if names().any(|name| name == "super") {
        return tag.tokens.len() == 3;
    }
    match names().filter(|name| *name == NAME).count() {
        0 => true,
        _ if tag.tokens.len() == 1 => true,
        count => label_prints_name(tag, count, locale),
    }
}

/// Whether a token of `include` or `extends` is anything but a word of the statement, a text or a sign of a list.
fn is_variable(token: &Token<'_>) -> bool {
    match token {
        Token::Name(name) => !matches!(*name, "extends" | "include" | "ignore" | "missing"),
        Token::Text(_) => false,
        Token::Sign(sign) => !matches!(*sign, "[" | "]" | ","),
        Token::Number => true,
    }
}

/// Whether a tag is but `{{ label(key="…", …=invitee_name) }}`, and that label prints what it is given.
fn label_prints_name(tag: &Tag<'_>, count: usize, locale: &Locale) -> bool {
    let last = tag.tokens.len() - 1;
    if tag.name(0) != Some("label") || !tag.is_sign(1, "(") || !tag.is_sign(last, ")") {
        return false;
    }
    let is_argument = |at: usize| {
        let ends = tag.is_sign(at + 1, ",") || at + 1 == last;
        tag.name(at) == Some(NAME)
            && tag.is_sign(at - 1, "=")
            && tag
                .name(at - 2)
                .is_some_and(|name| name != "key" && name != "lang")
            && (tag.is_sign(at - 3, "(") || tag.is_sign(at - 3, ","))
            && ends
    };
    let arguments = (5..last).filter(|at| is_argument(*at)).count();
    let has_other_language = (2..last).any(|at| tag.name(at) == Some("lang"));
    let key = (2..last).find_map(|at| match tag.token(at + 2) {
        Some(Token::Text(key)) if tag.name(at) == Some("key") && tag.is_sign(at + 1, "=") => Some(key),
        _ => None,
    });
    // A second call or a calculation within would have another parenthesis.
    let is_one_call = (2..last).all(|at| match tag.token(at) {
        Some(Token::Sign(sign)) => sign == "," || sign == "=",
        Some(_) => true,
        None => false,
    });
    arguments == count
        && is_one_call
        && !has_other_language
        && key.is_some_and(|key| locale.phrases.prints_plainly(key))
}

/// Whether the hole stands amid a tag, where style sheets can ask for it, or in a style sheet, where it can be more than
/// text.
fn is_within_markup(html: &str) -> bool {
    html.match_indices(HOLE).any(|(at, _)| {
        let before = &html[..at];
        let is_after = |begin: &str, end: &str| before.rfind(begin) > before.rfind(end);
        is_after("<", ">") || is_after("<style", "</style")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::template::Sample;

    const SUBJECT: &str = "invitation/meeting/subject.txt";

    fn with(files: &[(&str, &str)]) -> Result<Templates, TemplateError> {
        let dir = tempfile::tempdir().unwrap();
        let change = |(path, text): &(&str, &str)| (path.parse().unwrap(), Some((*text).to_owned()));
        Templates::load(Some(dir.path()), &files.iter().map(change).collect::<Vec<_>>())
    }

    fn sample() -> Sample {
        Sample::all()
            .into_iter()
            .find(|sample| sample.id == "zoom")
            .unwrap()
    }

    fn has_stencil(templates: &Templates) -> bool {
        let sample = sample();
        let english = Language::ENGLISH;
        let context = InvitationContext {
            answer_links: None,
            ..sample.context(&english)
        };
        templates
            .stencil(TemplateName::INVITATION, &context)
            .unwrap()
            .is_some()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn filling_a_name_in_is_rendering_for_it(
            name in "\\PC{1,12}|[a-zA-Zéß.,()@ -]{1,30}".prop_filter("not taken", |name| Stencil::takes(name)),
        ) {
            let templates = Templates::built_in().unwrap();
            for sample in Sample::all() {
                for language in ["en", "de", "ar", "ja"] {
                    let language = Language::new(language).unwrap();
                    let context = InvitationContext { answer_links: None, ..sample.context(&language) };
                    let stencil = templates.stencil(TemplateName::INVITATION, &context).unwrap().unwrap();
                    let reader = Person { name: name.clone(), ..context.invitee.clone() };
                    let context = InvitationContext { invitee: &reader, ..context };
                    let rendered = templates.render(TemplateName::INVITATION, &context).unwrap();
                    prop_assert_eq!(stencil.fill(&name), rendered, "{}", sample.id);
                }
            }
        }
    }

    #[test]
    fn every_built_in_mail_is_rendered_once_whatever_it_says() {
        let templates = Templates::built_in().unwrap();
        for (name, sample) in
            TemplateName::all().flat_map(|name| Sample::all().into_iter().map(move |s| (name, s)))
        {
            for language in ["en", "de", "ar", "ja"] {
                let language = Language::new(language).unwrap();
                let context = InvitationContext {
                    answer_links: None,
                    ..sample.context_for(name, &language)
                };
                let stencil = templates.stencil(name, &context).unwrap();
                let stencil = stencil.unwrap_or_else(|| panic!("{name}: {}", sample.id));
                let reader = Person {
                    name: "Noor Haddad".to_owned(),
                    ..context.invitee.clone()
                };
                let context = InvitationContext {
                    invitee: &reader,
                    ..context
                };
                let rendered = templates.render(name, &context).unwrap();
                assert_eq!(stencil.fill(&reader.name), rendered, "{name}: {}", sample.id);
            }
        }
    }

    #[test]
    fn names_that_a_step_would_change_are_not_put_in() {
        for name in [
            "Ana Núñez",
            "李小龍",
            "Müller-Lüdenscheidt, Dr. A.",
            "lee@client.example",
            "🦀",
        ] {
            assert!(Stencil::takes(name), "{name:?}");
        }
        for name in [
            "", " Ana", "Ana ", "Ana  B", "O'Brien", "<b>", "A & B", "a\u{a0}b", "a\tb", "a\nb", "\"x\"",
            HOLE,
        ] {
            assert!(!Stencil::takes(name), "{name:?}");
        }
        assert!(!Stencil::takes(&"x".repeat(LONGEST_NAME + 1)));
    }

    #[test]
    fn whatever_does_more_with_the_name_than_print_it_is_rendered_for_each() {
        for (path, text) in [
            (SUBJECT, "{{ invitee_name | upper }}"),
            (SUBJECT, "{% if invitee_name == \"Ana\" %}a{% endif %}b"),
            (SUBJECT, "{% if \"A\" in invitee_name %}a{% endif %}b"),
            (SUBJECT, "{% set who = invitee_name %}{{ who | length }}"),
            (
                SUBJECT,
                "{% set who %}{{ invitee_name }}{% endset %}{{ who | upper }}",
            ),
            (SUBJECT, "{% filter upper %}{{ invitee_name }}{% endfilter %}"),
            (SUBJECT, "{{ invitee.name }}"),
            (SUBJECT, "{{ \"a\" if invitee_name else \"b\" }}"),
            (SUBJECT, "{{ invitee_name ~ name | upper }}"),
            (SUBJECT, "{{ invitee_name[0:1] }}"),
            (
                SUBJECT,
                "{{ label(key=\"greeting\", name=invitee_name | upper) }}",
            ),
            (
                SUBJECT,
                "{{ label(key=\"greeting\", name=invitee_name) | upper }}",
            ),
            (
                SUBJECT,
                "{{ label(key=\"greeting\", name=invitee_name, lang=\"de\") }}",
            ),
            (
                SUBJECT,
                "{{ label(key=\"greeting\" if invitee_name else \"join\", name=invitee_name) }}",
            ),
            (
                "invitation/meeting/body.txt",
                "{% extends \"shared/layout.txt\" %}{% block details %}{{ super() | upper }}{% endblock details %}",
            ),
            // The text is made of it, and broken into lines.
            (
                "invitation/meeting/body.html",
                "<p>{{ invitee_name }}</p><p>{{ join_url }}</p>",
            ),
            (
                "labels/en.ftl",
                "greeting = { $name ->\n    [Ana] Ana!\n   *[other] Hello { $name }\n }\n",
            ),
            ("labels/en.ftl", "greeting = { other }\nother = Hello\n"),
        ] {
            match with(&[(path, text)]) {
                Ok(templates) => assert!(!has_stencil(&templates), "{path}: {text}"),
                Err(error) => panic!("{path}: {text}: {error}"),
            }
        }
    }

    #[test]
    fn whatever_only_prints_the_name_is_rendered_once() {
        for (path, text) in [
            (SUBJECT, "{{ invitee_name }}: {{ name }}"),
            (
                SUBJECT,
                "{%- if location %}{{ invitee_name }}{% endif %}{{ name | upper }}",
            ),
            (SUBJECT, "{{ label(key=\"greeting\", name=invitee_name) }}"),
            (
                SUBJECT,
                "{% for other in participants %}{{ invitee_name }}, {{ other }} {% endfor %}",
            ),
            ("labels/en.ftl", "greeting = Welcome, { $name }!\n"),
        ] {
            assert!(has_stencil(&with(&[(path, text)]).unwrap()), "{path}: {text}");
        }
    }

    #[test]
    fn style_sheets_are_markup() {
        assert!(is_within_markup(&format!("<style>p {{}} /* {HOLE} */</style>")));
        assert!(!is_within_markup(&format!("<style>p {{}}</style><p>{HOLE}</p>")));
    }

    #[test]
    fn a_name_amid_markup_is_rendered_for_each() {
        for (html, is_text) in [
            ("<p>{{ invitee_name }}</p><p>{{ join_url }}</p>", true),
            (
                "<style>p { color: red; }</style><p>{{ invitee_name }}</p><p>{{ join_url }}</p>",
                true,
            ),
            ("<p title=\"{{ invitee_name }}\">{{ join_url }}</p>", false),
        ] {
            let files = [
                ("invitation/meeting/body.html", html),
                ("invitation/meeting/body.txt", "{{ join_url }}"),
            ];
            assert_eq!(has_stencil(&with(&files).unwrap()), is_text, "{html}");
        }
    }
}
