//! What `docs/templates.md` promises.

use std::fs;
use std::path::Path;

use invite::meeting::Language;
use invite::template::{Sample, TemplateName, Templates};

use crate::folder::with;
use crate::peers;

#[test]
fn every_variable_and_label_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(root.join("docs/templates.md")).unwrap();
    for name in Templates::variables() {
        assert!(
            docs.contains(&format!("`{name}`")),
            "docs/templates.md lacks `{name}`"
        );
    }
}

/// The table of filters in `docs/templates.md`: each does what the table says.
#[test]
fn the_documented_filters_do_what_is_documented() {
    let docs = include_str!("../../docs/templates.md");
    let section = docs.split("## Filters and functions").nth(1).unwrap();
    let table = section.split("| function | does |").next().unwrap();
    let sample = &Sample::all()[0];
    let mut count = 0;
    for row in table.lines().filter(|line| line.starts_with("| `{{")) {
        let row = row.replace("\\|", "\u{1}");
        let mut cells = row
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().replace('\u{1}', "|"));
        let (written, expected) = (cells.next().unwrap(), cells.next().unwrap());
        let template = format!("{{{{ join_url }}}}\n{}", written.trim_matches('`'));
        let templates = with(&[("invitation/meeting/body.txt", &template)]);
        let mail = templates
            .render(TemplateName::INVITATION, &sample.context(&Language::ENGLISH))
            .unwrap();
        let printed = mail.text.split_once('\n').unwrap().1.replace('\u{a0}', " ");
        assert!(printed.starts_with(&expected), "{written}: {printed:?}");
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn documented_functions_fit_html_and_text() {
    let all = "{{ join_button(url=join_url) }}\n{{ add_to_calendar_links(services=[\"google\", \"yahoo\"]) }}\n{{ qr_code(url=join_url) }}\n";
    let templates = with(&[
        ("invitation/meeting/body.txt", all),
        ("invitation/meeting/body.html", all),
    ]);
    let sample = &Sample::all()[0];
    let mail = templates
        .render(
            TemplateName::INVITATION,
            &sample.context(&Language::new("de").unwrap()),
        )
        .unwrap();
    let lines: Vec<&str> = mail.text.lines().collect();
    assert_eq!(
        lines[0],
        "An der Besprechung teilnehmen: https://us05web.zoom.us/j/83515379148?pwd=abc"
    );
    assert!(
        lines[2].starts_with("Google: https://calendar.google.com/")
            && lines[3].starts_with("Yahoo: https://")
    );
    assert_eq!(lines.len(), 4);
    assert!(mail.html.contains("background-color:#1d5fbf") && mail.html.contains(">Yahoo</a>"));
    let [image] = mail.images.as_slice() else {
        panic!("{:?}", mail.images.len())
    };
    assert!(
        mail.html
            .contains(&format!("<img src=\"cid:{}\"", image.content_id))
    );
    // Where there is no link, there is nothing to show of it.
    let room = Sample::all()
        .into_iter()
        .find(|sample| sample.id == "room")
        .unwrap();
    let mail = templates
        .render(TemplateName::INVITATION, &room.context(&Language::ENGLISH))
        .unwrap();
    assert!(mail.images.is_empty() && !mail.html.contains("<table"));
    // Somebody else's reader reads the link out of the picture.
    if !peers::are_here(&[peers::Peer::Zbarimg]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("code.png");
    fs::write(&picture, &image.data).unwrap();
    let read = std::process::Command::new("zbarimg")
        .args(["--raw", "-q"])
        .arg(&picture)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(read.stdout).unwrap().trim(),
        "https://us05web.zoom.us/j/83515379148?pwd=abc"
    );
}
