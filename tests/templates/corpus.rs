//! Templates that are wrong, and templates that mean harm: each with what is said of it.

use std::path::Path;
use std::time::Instant;

use invite::fault::Act;
use invite::organization::Organization;
use invite::template::{Inspection, Origin, Problem, Severity, Templates};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    files: std::collections::BTreeMap<String, String>,
    expect: Vec<Expected>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Expected {
    file: String,
    line: usize,
    column: usize,
    severity: String,
    code: String,
    message: String,
    nearest: Option<String>,
    hint: Option<String>,
}

fn corpus(path: &Path) -> Corpus {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder(case: &Case) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in &case.files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

/// What the program says to do, for the acts that are in the files.
fn typed(act: &Act) -> String {
    match act {
        Act::ConvertTemplates => "`invite template import-espocrm` converts them".to_owned(),
        other => other.to_string(),
    }
}

fn inspect(dir: &Path) -> Inspection {
    Templates::inspect(Some(dir), &Organization::new("Acme")).unwrap()
}

fn found(problem: &Problem, dir: &Path) -> Expected {
    Expected {
        file: match &problem.file {
            Origin::File(path) => path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned(),
            built_in => built_in.to_string(),
        },
        line: problem.line,
        column: problem.column,
        severity: problem.severity.as_str().to_owned(),
        code: problem.code.to_owned(),
        message: problem.message.clone(),
        nearest: problem.nearest.clone(),
        hint: problem.remedy.as_ref().map(|remedy| remedy.words(typed)),
    }
}

/// Compares what an author reads of the cases of a file with what stands beside it (`bounds.snap` beside `bounds.toml`).
fn compare_reports(path: &Path, reports: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../fixtures/templates/broken");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(path);
    let name = path.file_stem().unwrap().to_str().unwrap();
    settings.bind(|| insta::assert_snapshot!(name, reports));
}

#[test]
fn every_broken_template_is_diagnosed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates/broken");
    let mut count = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let mut reports = String::new();
        for case in corpus(&path).case {
            count += 1;
            let dir = folder(&case);
            let problems = inspect(dir.path()).problems;
            reports.push_str(&format!("### {}\n\n", case.name));
            for problem in &problems {
                reports.push_str(&problem.report_in(&typed));
                reports.push_str("\n\n");
            }
            reports = reports.replace(&format!("{}/", dir.path().display()), "");
            let found: Vec<_> = problems.iter().map(|p| found(p, dir.path())).collect();
            assert!(!found.is_empty(), "{}: nothing was found", case.name);
            assert_eq!(found, case.expect, "{}: {}", path.display(), case.name);
        }
        compare_reports(&path, &reports);
    }
    assert!(count >= 60, "{count} cases");
}

#[derive(Debug, Deserialize)]
struct HostileCorpus {
    case: Vec<Hostile>,
}

#[derive(Debug, Deserialize)]
struct Hostile {
    name: String,
    files: std::collections::BTreeMap<String, String>,
    /// The codes that it may be refused with; none: it is harmless.
    refused: Vec<String>,
    /// What no HTML body may hold.
    #[serde(default)]
    never: Vec<String>,
}

/// None of them hangs: the slowest is printed, and the bounds themselves are what is asserted.
#[test]
fn no_hostile_template_hangs_leaks_or_injects() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/templates/hostile.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let corpus: HostileCorpus = toml::from_str(&text).unwrap();
    let mut slowest = (std::time::Duration::ZERO, String::new());
    for case in &corpus.case {
        let case_files = Case {
            name: case.name.clone(),
            files: case.files.clone(),
            expect: Vec::new(),
        };
        let dir = folder(&case_files);
        let begin = Instant::now();
        let outcome = once(dir.path());
        let took = begin.elapsed();
        if took > slowest.0 {
            slowest = (took, case.name.clone());
        }
        match outcome {
            Ok(mail) => {
                assert!(case.refused.is_empty(), "{}: was not refused", case.name);
                let problems = inspect(dir.path()).problems;
                let error = problems
                    .iter()
                    .find(|problem| problem.severity == Severity::Error);
                assert!(error.is_none(), "{}: {}", case.name, error.unwrap().report());
                for never in &case.never {
                    assert!(!mail.contains(never.as_str()), "{}: {mail}", case.name);
                }
            }
            Err(code) => assert!(case.refused.contains(&code), "{}: {code}", case.name),
        }
    }
    println!(
        "{} cases, the slowest took {:?}: {}",
        corpus.case.len(),
        slowest.0,
        slowest.1
    );
    assert!(corpus.case.len() >= 40, "{} cases", corpus.case.len());
}

/// Loads a folder and renders one mail of it, to hostile people: the HTML, or the code of what is wrong.
fn once(dir: &Path) -> Result<String, String> {
    let code = |error: invite::template::TemplateError| {
        error
            .problems()
            .first()
            .map_or("unreadable", |problem| problem.code)
            .to_owned()
    };
    let templates = Templates::with_dir(dir).map_err(code)?;
    let samples = invite::template::Sample::all();
    let odd = samples.iter().find(|sample| sample.id == "odd").unwrap();
    let name = invite::template::TemplateName::INVITATION;
    let mail = templates
        .render(name, &odd.context(&invite::meeting::Language::ENGLISH))
        .map_err(code)?;
    assert!(!mail.subject.chars().any(char::is_control), "{:?}", mail.subject);
    Ok(mail.html)
}
