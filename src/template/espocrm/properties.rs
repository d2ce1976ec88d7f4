//! Properties that hold for every source: the result parses, no text is lost, and no file takes long.

use proptest::prelude::*;

use crate::template::limits::computing_time::ComputingTime;
use crate::template::render::engine;

use super::tests::{html, names_exist, parses};
use super::{Part, import_espocrm};

#[test]
fn long_files_take_little_time() {
    let size = 200 * 1024;
    for piece in [
        "{{#if a}}",
        "{{#if isUser}}",
        "{{/if}}",
        "{{",
        "{",
        "{{{{",
        "{{{{a}}}}",
        "{{{{/",
        "{{!--",
        "{{!",
        "{{'",
        "{{\"}}",
        "{{[}}",
        "{{a",
        "{{#each users}}",
        "\\{{",
        "{%",
        "{% endraw %}{{",
        "{{#if a}}{{/b}}",
        "{{else}}",
        "{{name}}",
        "{{#with assignedUser as |a|}}",
        "{{(",
        "\\",
        "{{abcdefghijkl",
        "<a {{b}}",
        "{{!--a--}}",
        "{{#> a}}",
    ] {
        let source = piece.repeat(size / piece.len());
        let time = ComputingTime::begin();
        let imported = html(&source);
        let taken = time.spent();
        assert!(taken.as_secs_f32() < 5.0, "{piece}: {taken:?}");
        parses(&imported.text);
    }
    // Every name is another one.
    let names: String = (0..20_000).map(|n| format!("{{{{cField{n}}}}}")).collect();
    let time = ComputingTime::begin();
    assert_eq!(html(&names).notes.len(), 20_000);
    assert!(time.spent().as_secs_f32() < 5.0);
}

/// Pieces of sources, each with the text in it that is printed under all conditions.
fn piece() -> impl Strategy<Value = (String, String)> {
    let text = "[a-z{}%#~ \\n<>\"'äß-]{0,8}".prop_filter("no tag", |text| {
        !text.contains("{{")
            && !text.contains("}}")
            && !text.ends_with(['{', '}'])
            && !text.starts_with(['{', '}'])
    });
    prop_oneof![
        4 => text.prop_map(|text| (text.clone(), text)),
        1 => Just(("{{! note }}".to_owned(), String::new())),
        1 => Just(("{{cField}}".to_owned(), String::new())),
        1 => Just(("{{/if}}".to_owned(), String::new())),
        1 => Just(("{{> part}}".to_owned(), String::new())),
        1 => Just(("{{cHelper name size=1}}".to_owned(), String::new())),
        1 => Just(("\\{{name}}".to_owned(), "{{name}}".to_owned())),
        1 => Just(("{{{{r}}}}{{#if}}{{{{/r}}}}".to_owned(), "{{#if}}".to_owned())),
        1 => Just(("{{#if name}}".to_owned(), String::new())),
        1 => Just(("{{#unless cField}}".to_owned(), String::new())),
        1 => Just(("{{#with assignedUser}}".to_owned(), String::new())),
        1 => Just(("{{/with}}".to_owned(), String::new())),
        1 => Just(("{{/unless}}".to_owned(), String::new())),
    ]
}

/// Any text that looks like a template.
fn noise() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z {}%#!/^&>*~|=().@'\"\\\\\\[\\]-]{0,6}",
        ".{0,4}",
        prop::sample::select(vec![
            "{{",
            "}}",
            "{{{",
            "}}}",
            "{{#if ",
            "{{#each ",
            "{{#with ",
            "{{#unless ",
            "{{else",
            "{{/if}}",
            "{{/each}}",
            "{{~",
            "~}}",
            "{{!--",
            "--}}",
            "{{{{",
            "}}}}",
            "{{{{/",
            "{%",
            "%}",
            "{#",
            "#}",
            "{% raw %}",
            "{% endraw %}",
            "{{name}}",
            "{{#each participants}}",
            "{{#if isUser}}",
            "{{else if joinUrl}}",
            "{{@index}}",
            "{{this}}",
            "(equal name 'x')",
            "(not ",
            " -1.5 ",
            "{{else each users}}",
            "{{#tableTag width=1}}",
            "{{/tableTag}}",
            "{{dateFormat dateStart}}",
            "{{#ifMultipleOf @index 2}}",
            "{{/with}}",
            "{{^}}",
            "../",
            "as |a b|}}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_in_parses(source in noise()) {
        for part in [Part::Html, Part::Subject] {
            let imported = import_espocrm(&source, part);
            let parsed = engine::engine().add_raw_template("t.html", &imported.text);
            prop_assert!(parsed.is_ok(), "{}\n{}\n{:?}", source, imported.text, parsed);
            prop_assert!(part == Part::Html || !imported.text.contains(['\n', '\r']));
        }
    }

    #[test]
    fn text_is_printed_to_the_last_character(pieces in prop::collection::vec(piece(), 0..20)) {
        let source: String = pieces.iter().map(|(source, _)| source.as_str()).collect();
        let text: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
        let imported = html(&source);
        let mut context = tera::Context::new();
        context.insert("name", "");
        context.insert("organizer", &serde_json::json!({"name": ""}));
        // With the conditions removed, all text is printed.
        let open = without_conditions(&imported.text);
        let printed = engine::engine().render_str(&open, &context, false);
        prop_assert_eq!(printed.unwrap_or_else(|e| panic!("{source}\n{open}\n{e}")), text);
    }

    #[test]
    fn names_in_what_is_written_exist(source in noise()) {
        let imported = html(&source);
        // The checker of names is made for what people write. A raw section may confuse the checker.
        if !imported.text.contains("{% raw %}") {
            names_exist(&imported.text);
        }
    }
}

/// The text with every condition made true.
fn without_conditions(text: &str) -> String {
    ["name", "organizer.name", "organizer", "false"]
        .iter()
        .fold(text.to_owned(), |text, name| {
            text.replace(&format!("{{% if {name} %}}"), "{% if true %}")
        })
}
