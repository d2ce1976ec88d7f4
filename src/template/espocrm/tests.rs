//! The conversion of each construct. The templates are this project's own.

use crate::meeting::Language;
use crate::template::check::names::{self, Known};
use crate::template::error::Origin;
use crate::template::language::labels::Labels;
use crate::template::language::locale::Locales;
use crate::template::load;
use crate::template::render::engine;
use crate::template::{TemplateName, Templates};

use super::notes::ImportSeverity::NeedsAttention;
use super::*;

pub(super) fn html(source: &str) -> Imported {
    import_espocrm(source, Part::Html)
}

/// The converted text, which has no note.
fn plain(source: &str) -> String {
    let imported = html(source);
    assert_eq!(imported.notes, [], "{source}");
    parses(&imported.text);
    imported.text
}

/// The converted text with its notes as `column message`. A note that needs attention begins with `!`.
fn noted(source: &str) -> (String, Vec<String>) {
    let imported = html(source);
    parses(&imported.text);
    let notes = imported.notes.iter().map(|note| {
        let mark = if note.severity == NeedsAttention { "!" } else { "" };
        format!("{mark}{}:{} {}", note.line, note.column, note.message)
    });
    (imported.text.clone(), notes.collect())
}

pub(super) fn parses(text: &str) {
    let parsed = engine::engine().add_raw_template("t.html", text);
    assert!(parsed.is_ok(), "{text}\n{parsed:?}");
}

/// Renders a text with an example of every variable. An unknown name is an error.
fn rendered(text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("invitation/meeting");
    std::fs::create_dir_all(&folder).unwrap();
    // A mail without its join link is not rendered, so the test appends one.
    const END: &str = "<!-- end -->";
    std::fs::write(folder.join("body.html"), format!("{text}{END}{{{{ join_url }}}}")).unwrap();
    let templates = Templates::with_dir(dir.path()).unwrap_or_else(|e| panic!("{text}\n{:?}", e.problems()));
    let example = crate::template::authoring::sample::Sample::complete();
    let mail = templates.render(TemplateName::INVITATION, &example.context(&Language::ENGLISH));
    let html = mail.unwrap_or_else(|e| panic!("{text}\n{:?}", e.problems())).html;
    html.split(END).next().unwrap_or_default().to_owned()
}

/// Asserts that every name in the text exists.
pub(super) fn names_exist(text: &str) {
    let labels = Labels::new();
    let templates = Templates::built_in().unwrap();
    let locales = Locales::default();
    let locale = locales
        .of(&Language::ENGLISH, &Language::ENGLISH, &templates.0.labels)
        .unwrap();
    let variables = load::example(&locale).unwrap();
    let known = Known {
        variables: &variables,
        labels: &labels,
    };
    assert_eq!(names::check(&Origin::BuiltIn("x"), text, &known), [], "{text}");
}

#[test]
fn placeholders_become_variables() {
    assert_eq!(
        plain(
            "<b>{{name}}</b> {{ dateStart }} {{joinURL}} <a href=\"{{acceptLink}}\" style=\"color: red\">Yes</a>"
        ),
        "<b>{{ name }}</b> {{ date_start }} {{ join_url }} <a href=\"{{ accept_link }}\" style=\"color: red\">Yes</a>"
    );
    assert_eq!(
        plain("{{this.name}}{{./name}}{{./this.name}}{{@root.name}}"),
        "{{ name }}".repeat(4)
    );
    assert_eq!(plain("{{assignedUser.emailAddress}}"), "{{ organizer.email }}");
    assert_eq!(plain("{{participants}}"), "{{ participants | join(sep=\", \") }}");
    assert_eq!(plain("a {{~name~}} b"), "a {{- name -}} b");
}

#[test]
fn every_placeholder_exists() {
    let mut source = String::new();
    for placeholder in placeholders::ROOT {
        if !matches!(placeholder.shape, placeholders::Shape::Fields(_)) {
            source.push_str(&format!(
                "{{{{{0}}}}}{{{{#if {0}}}}}x{{{{/if}}}}",
                placeholder.name
            ));
        }
    }
    source.push_str("{{#with assignedUser}}{{name}}{{id}}{{emailAddress}}{{/with}}");
    let text = html(&source).text;
    names_exist(&text);
    rendered(&text);
}

#[test]
fn conditions_and_loops() {
    assert_eq!(
        plain("{{#if isAllDay}}{{dateStartDate}}{{else}}{{dateStart}}{{/if}}"),
        "{% if is_all_day %}{{ date_start }}{% else %}{{ date_start }}{% endif %}"
    );
    assert_eq!(
        plain("{{#if joinUrl}}a{{else if location}}b{{else unless isUser}}c{{^}}d{{/if}}"),
        "{% if join_url %}a{% elif location %}b{% elif not is_user %}c{% else %}d{% endif %}"
    );
    assert_eq!(
        plain("{{#if dateStartDate}}x{{/if}}"),
        "{% if is_all_day %}x{% endif %}"
    );
    assert_eq!(
        plain("{{^joinUrl}}a{{/joinUrl}}"),
        "{% if not join_url %}a{% endif %}"
    );
    assert_eq!(plain("{{#isUser}}a{{/isUser}}"), "{% if is_user %}a{% endif %}");
    assert_eq!(
        plain("{{~#if isUser~}} a {{~else~}} b {{~/if~}}"),
        "{%- if is_user -%} a {%- else -%} b {%- endif -%}"
    );
    assert_eq!(
        plain("{{#with assignedUser}}{{name}} {{../name}} {{@root.name}}{{else}}{{name}}{{/with}}"),
        "{% if organizer %}{{ organizer.name }} {{ name }} {{ name }}{% else %}{{ name }}{% endif %}"
    );
    let each = plain(
        "{{#each participants}}{{@index}}{{#if @first}}[{{/if}}{{this}}{{../name}}{{#unless @last}},{{/unless}}{{else}}-{{/each}}",
    );
    assert_eq!(
        each,
        "{% for participant in participants %}{{ loop.index0 }}{% if loop.first %}[{% endif %}{{ participant }}\
         {{ name }}{% if not loop.last %},{% endif %}{% else %}-{% endfor %}"
    );
    assert_eq!(rendered(&each), "0[Ana NúñezKick-off,1Lee, HarperKick-off");
    assert_eq!(
        plain(
            "{{#participants as |who n|}}{{/participants}}{{#each participants as |who n|}}{{n}}{{who}}{{/each}}"
        ),
        "{% for participant in participants %}{% endfor %}{% for participant in participants %}{{ loop.index0 }}\
         {{ participant }}{% endfor %}"
    );
    assert_eq!(
        plain("{{#if joinUrl}}a{{else each participants}}{{this}}{{else}}c{{/if}}"),
        "{% if join_url %}a{% else %}{% for participant in participants %}{{ participant }}{% else %}c{% endfor %}\
         {% endif %}"
    );
}

#[test]
fn helpers_with_arguments() {
    assert_eq!(
        plain("{{#ifEqual name \"a \\\"b\\\"\"}}x{{else}}y{{/ifEqual}}"),
        "{% if name == \"a \\\"b\\\"\" %}x{% else %}y{% endif %}"
    );
    assert_eq!(
        plain("{{#if (or (not joinUrl) (and isUser (notEqual name 'x' )))}}x{{/if}}"),
        "{% if (not join_url) or (is_user and (name != \"x\")) %}x{% endif %}"
    );
    assert_eq!(
        plain("{{#each participants}}{{#ifMultipleOf @index 2}}x{{/ifMultipleOf}}{{/each}}"),
        "{% for participant in participants %}{% if loop.index0 % 2 == 0 %}x{% endif %}{% endfor %}"
    );
    assert_eq!(
        plain("{{#ifInArray inviteeName participants}}x{{/ifInArray}}"),
        "{% if invitee_name in participants %}x{% endif %}"
    );
    assert_eq!(plain("{{var 'name' assignedUser}}"), "{{ organizer.name }}");
    assert_eq!(
        plain(
            "{{#tableTag width=\"100%\"}}{{#trTag}}{{#tdTag align='left'}}{{name}}{{/tdTag}}{{/trTag}}{{/tableTag}}"
        ),
        "<table width=\"100%\"><tr><td align=\"left\">{{ name }}</td></tr></table>"
    );
    let (text, notes) = noted("{{dateFormat dateStart_RAW format='DD.MM.'}}");
    assert_eq!(text, "{{ date_start }}");
    assert!(notes[1].starts_with("!1:1 dates have no patterns"), "{notes:?}");
    assert_eq!(
        plain("{{#ifEqual status_RAW 'Held'}}x{{/ifEqual}}"),
        "{% if status == \"Held\" %}x{% endif %}"
    );
}

#[test]
fn raw_values_are_escaped_but_for_the_description() {
    assert_eq!(
        plain("<p>{{{description}}}</p>{{& description}}"),
        "<p>{{ description }}</p>{{ description }}"
    );
    let (text, notes) = noted("{{{name}}}");
    assert_eq!(text, "{{ name }}");
    assert_eq!(
        notes,
        ["1:1 EspoCRM prints this as HTML; here it is shown as it was typed"]
    );
    assert_eq!(
        noted("<p title=\"{{description}}\">").0,
        "<p title=\"{{ description_text }}\">"
    );
    assert_eq!(import_espocrm("{{{name}}}", Part::Subject).notes, []);
}

#[test]
fn a_zone_is_not_named_twice() {
    let (text, notes) = noted("{{dateStartFull}} ({{timeZone}}) {{timeZone}}");
    assert_eq!(
        text,
        "{{ date_start_full }} ({{ time_zone_offset }}) {{ time_zone }}"
    );
    assert_eq!(notes.len(), 2);
    assert!(rendered(&text).contains("Eastern Time (GMT-5) Eastern Time"));
}

#[test]
fn what_is_not_known_stays_as_a_comment() {
    let imported = html("Äh\n {{joinUlr}}");
    assert_eq!(imported.text, "Äh\n {# TODO {{joinUlr}} #}");
    assert_eq!(
        imported.notes,
        [ImportNote {
            severity: NeedsAttention,
            line: 2,
            column: 2,
            source: "{{joinUlr}}".to_owned(),
            message: "EspoCRM's `joinUlr` is not known here".to_owned(),
            hint: Some("The nearest variable is `join_url`.".to_owned()),
        }]
    );
    for (source, text) in [
        (
            "{{#if accountName}}a {{accountName}}{{else}}b{{/if}}",
            "{% if false %}{# TODO {{#if accountName}} #}a {# TODO {{accountName}} #}{% else %}b{% endif %}",
        ),
        (
            "{{#unless cAge}}a{{/unless}}",
            "{% if true %}{# TODO {{#unless cAge}} #}a{% endif %}",
        ),
        (
            "{{#each teams}}{{name}}{{/each}}",
            "{% for participant in [] %}{# TODO {{#each teams}} #}{# TODO {{name}} #}{% endfor %}",
        ),
        ("{{pagebreak}}", "{# TODO {{pagebreak}} #}"),
        ("{{shout name}}", "{# TODO {{shout name}} #}"),
        (
            "{{#shout name}}a{{name}}{{/shout}}",
            "{% if false %}{# TODO {{#shout name}} #}a{{ name }}{% endif %}",
        ),
        ("{{> part}}", "{# TODO {{> part}} #}"),
        (
            "{{#> part}}a{{/part}}",
            "{# TODO {{#> part}} #}a{# TODO {{/part}} #}",
        ),
        (
            "{{#*inline 'x'}}a{{/inline}}",
            "{% if false %}{# TODO {{#*inline 'x'}} #}a{% endif %}",
        ),
        ("{{name name}}", "{# TODO {{name name}} #}"),
        ("{{a#}}", "{# TODO {{a# }} #}"),
        (
            "<li iterate=\"{{users}}\">a</li>",
            "<li iterate=\"{# TODO {{users}} #}\">a</li>",
        ),
        (
            "{{#if (or isUser accountName)}}a{{/if}}",
            "{% if is_user or false %}{# TODO {{#if (or isUser accountName)}} #}a{% endif %}",
        ),
        (
            "{{#ifNotEqual accountName 'x'}}a{{/ifNotEqual}}",
            "{% if true %}{# TODO {{#ifNotEqual accountName 'x'}} #}a{% endif %}",
        ),
    ] {
        let (converted, notes) = noted(source);
        assert_eq!(converted, text, "{source}");
        assert!(
            notes.iter().any(|note| note.starts_with('!')),
            "{source}: {notes:?}"
        );
        rendered(&converted);
    }
}

#[test]
fn lists_of_people_are_gone_through_once() {
    let (text, notes) = noted("{{#each users}}{{name}}{{/each}}{{#each leads}}{{name}}{{/each}}");
    assert_eq!(
        text,
        "{% for participant in participants %}{{ participant }}{% endfor %}{% for participant in [] %}\
         {# TODO {{#each leads}} #}{{ participant }}{% endfor %}"
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn blocks_that_do_not_match() {
    for (source, text, note) in [
        (
            "{{#if isUser}}a",
            "{% if is_user %}a{% endif %}",
            "!1:1 the block is never closed by `{{/if}}`",
        ),
        (
            "a{{/if}}b",
            "a{# TODO {{/if}} #}b",
            "!1:2 no block `if` is open here",
        ),
        (
            "{{else}}b",
            "{# TODO {{else}} #}b",
            "!1:1 this `else` stands outside of a block",
        ),
        (
            "{{#if isUser}}a{{else}}b{{else}}c{{/if}}",
            "{% if is_user %}a{% else %}b{# TODO {{else}} #}c{% endif %}",
            "!1:25 the block has an `else` already",
        ),
        (
            "{{#if isUser}}{{#each participants}}{{/if}}",
            "{% if is_user %}{% for participant in participants %}{% endfor %}{% endif %}",
            "!1:15 the block is never closed by `{{/each}}`",
        ),
        (
            "{{#if}}a{{/if}}",
            "{% if false %}{# TODO {{#if}} #}a{% endif %}",
            "!1:1 EspoCRM's `if` is not known here",
        ),
        (
            "a {{name} b",
            "a {% raw %}{{{% endraw %}name} b",
            "!1:3 no `}}` follows, so that the braces are text",
        ),
    ] {
        let (converted, notes) = noted(source);
        assert_eq!((converted.as_str(), &notes[..]), (text, &[note.to_owned()][..]));
    }
}

#[test]
fn text_and_comments_are_kept() {
    assert_eq!(plain("{{! a }}b{{!-- c }} --}}"), "{# a #}b{# c }} #}");
    assert_eq!(plain("{{!-- a #} --}}"), "{# a # } #}");
    assert_eq!(
        plain("\\{{name}} {% x %}"),
        "{% raw %}{{name}} {% x %}{% endraw %}"
    );
    assert_eq!(
        noted("{{{{raw}}}}{{x}}{{{{/raw}}}}").0,
        "{% raw %}{{x}}{% endraw %}"
    );
    let subject = import_espocrm(
        "Invite:\n{{#if isUser}}\r\n '{{name}}' {{! a\nb }}{{/if}}\n",
        Part::Subject,
    );
    assert_eq!(
        subject.text,
        "Invite:{% if is_user %} '{{ name }}' {# a b #}{% endif %}"
    );
}

#[test]
fn nesting_and_branches_are_bounded() {
    let nested = |n: usize, open: &str, close: &str| format!("{}x{}", open.repeat(n), close.repeat(n));
    let fits = nested(blocks::MAX_LEVELS, "{{#if name}}", "{{/if}}");
    assert_eq!(html(&fits).notes, []);
    assert_eq!(rendered(&html(&fits).text), "x");
    let (text, notes) = noted(&nested(60, "{{#if name}}", "{{else}}y{{/if}}"));
    assert_eq!(notes.len(), 60 - blocks::MAX_LEVELS);
    assert_eq!(rendered(&text), "");
    for chain in [
        "{{else if location}}b",
        "{{else each participants}}b",
        "{{else with name}}b",
        "{{else}}c",
    ] {
        let (text, notes) = noted(&format!("{{{{#if name}}}}a{}{{{{/if}}}}", chain.repeat(20_000)));
        assert!(!notes.is_empty());
        assert!(text.starts_with("{% if name %}a{% el"), "{chain}");
    }
}
