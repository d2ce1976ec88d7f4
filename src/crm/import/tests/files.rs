//! Files of records as a program reads them.

use crate::crm::import::{ImportErrors, read};
use crate::fault::{Class, Fault};

#[test]
fn the_documented_example_loads() {
    let page = include_str!("../../../../docs/import.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let records = read(example, "docs/import.md").unwrap();
    assert_eq!(records.len(), 6);
    assert!(records.references().is_empty());
    assert_eq!(records.meetings[0].meeting.name(), "Kick-off; phase 1, \"Orion\"");
}

#[test]
fn records_elsewhere_are_the_callers_to_check() {
    let text = r#"{"users": [{"id": "ben", "roles": ["sales"]}]}"#;
    let records = read(text, "ben.json").unwrap();
    let errors = ImportErrors::unknown_references("ben.json", records.references());
    assert_eq!(
        errors.to_string(),
        "ben.json:1:36: users[0].roles[0]: there is no role \"sales\" — neither in this file nor among the records loaded before"
    );
    assert_eq!(
        (errors.class(), errors.kind()),
        (Class::BadData, "import.invalid")
    );
}
