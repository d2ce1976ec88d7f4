//! Printing: results as text or JSON on standard output, everything else on standard error.

use std::fmt::Write as _;
use std::io::{BufWriter, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::options::{Color, Format, Global};
use crate::fault::{Fault, chain};
use crate::hints::{hint, say};
use crate::meeting::one_line;

/// Good news.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Something to look at.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// Bad news.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Less important.
pub(super) const DIM: Style = Style::new().dimmed();
/// More important.
pub(super) const STRONG: Style = Style::new().bold();

/// Where a command prints.
#[derive(Debug, Clone)]
pub(super) struct Terminal {
    format: Format,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        match global.color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self {
            format: global.format,
            quiet: global.quiet,
        }
    }

    /// Logs go to standard error. `INVITE_LOG` sets them finer, in tracing-subscriber's directives.
    pub(super) fn start_log(&self, global: &Global) {
        let level = match (global.quiet, global.verbose) {
            (true, _) => "error",
            (false, 0) => "warn",
            (false, 1) => "warn,invite=info",
            (false, 2) => "info,invite=debug",
            _ => "debug",
        };
        let filter = EnvFilter::try_from_env("INVITE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
        let ansi = matches!(
            anstream::AutoStream::choice(&std::io::stderr()),
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi
        );
        // An error says that the process has a log already.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(ansi)
            .without_time()
            .with_target(global.verbose > 1)
            .try_init();
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Prints the result: the text that `write` makes, or the document.
    pub(super) fn result<T: Serialize>(&self, document: &T, write: impl FnOnce() -> String) {
        if self.is_json() {
            print_json(document);
        } else {
            print_text(&write());
        }
    }

    /// Prints something to standard error, unless told to be quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.error_line(text);
        }
    }

    pub(super) fn error_line(&self, text: &str) {
        // If standard error is closed, the message is lost.
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Explains a failure, and answers the exit status that it has.
    pub(super) fn fault(&self, fault: &dyn Fault) -> u8 {
        let exit = fault.class().exit_code();
        let message = visible(&chain(fault));
        let hint = hint(fault);
        self.error_line(&format!("{BAD}error{BAD:#}: {message}"));
        let report = fault.report_in(&say);
        if let Some(report) = &report {
            self.error_line(&format!("\n{}\n", visible(report)));
        }
        if let Some(at) = fault.retry_at() {
            self.error_line(&format!("  again from {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
        }
        if let Some(hint) = hint.as_ref().filter(|_| report.is_none()) {
            self.error_line(&format!("{DIM}hint{DIM:#}: {hint}"));
        }
        if self.is_json() {
            print_json(&error_document(fault.kind(), exit, &message, hint));
        }
        exit
    }

    /// A progress bar, where a person looks on and there is much to do.
    pub(super) fn progress(&self, count: usize) -> ProgressBar {
        const MUCH: usize = 20;
        if self.quiet || self.is_json() || count < MUCH || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(count.try_into().unwrap_or(u64::MAX));
        let template = "  {bar:30} {pos} of {len}  {per_sec}  {eta} left";
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar
    }
}

/// The JSON form of an error.
pub(super) fn error_document(kind: &str, exit: u8, message: &str, hint: Option<String>) -> Value {
    json!({"error": {"kind": kind, "exit": exit, "message": message, "hint": hint}})
}

/// Prints one JSON document, as it is made: the report of a send can be long.
pub(super) fn print_json(document: &impl Serialize) {
    let mut out = BufWriter::new(std::io::stdout().lock());
    // A reader such as `head` that has seen enough closes the pipe, which is its right; and there is nothing in our
    // documents that JSON cannot say.
    let _ = serde_json::to_writer_pretty(&mut out, document);
    let _ = out.write_all(b"\n").and_then(|()| out.flush());
}

/// Prints text, with its colours where they are wanted.
pub(super) fn print_text(text: &str) {
    let stdout = std::io::stdout();
    // At once: in parts, each line would be written by itself.
    let result = match anstream::AutoStream::choice(&stdout) {
        anstream::ColorChoice::Never => {
            let plain = anstream::adapter::strip_str(text).to_string();
            let mut out = stdout.lock();
            out.write_all(plain.as_bytes()).and_then(|()| out.flush())
        }
        _ => {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        }
    };
    // A reader such as `head` that has seen enough closes the pipe, which is its right.
    let _ = result;
}

/// Text out of records and files, without the characters that control a terminal. Line breaks stay.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Rows in columns, each as wide as its widest cell.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Cell {
    text: String,
    width: usize,
    style: Style,
}

impl Table {
    /// Adds a row: texts, each with its style.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = (&'a str, Style)>) {
        let mut cells: Vec<Cell> = cells
            .into_iter()
            .map(|(text, style)| Cell {
                text: one_line(text),
                width: 0,
                style,
            })
            .collect();
        // The last column has the rest of the line for itself.
        if let Some((_, before_last)) = cells.split_last_mut() {
            for cell in before_last {
                shorten(&mut cell.text);
                cell.width = cell.text.width();
            }
        }
        self.rows.push(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table, each line indented by two spaces.
    pub(super) fn to_text(&self) -> String {
        let mut widths = Vec::new();
        self.measure(&mut widths);
        self.to_text_of(&widths)
    }

    /// Makes columns wider where this table needs it.
    fn measure(&self, widths: &mut Vec<usize>) {
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width);
            }
        }
    }

    fn to_text_of(&self, widths: &[usize]) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
            text.push_str("  ");
            for (place, (cell, width)) in row.iter().zip(widths).enumerate().take(last + 1) {
                let style = cell.style;
                // Writing into a text does not fail.
                let _ = write!(text, "{style}{}{style:#}", cell.text);
                if place < last {
                    let _ = write!(text, "{:1$}", "", width - cell.width + 2);
                }
            }
            text.push('\n');
        }
        text
    }
}

/// Prints one table that is made in parts, so that there never are all rows in memory. A column becomes wider with the
/// first part that needs it.
pub(super) fn print_table(parts: impl Iterator<Item = Table>) {
    let mut widths = Vec::new();
    for table in parts {
        table.measure(&mut widths);
        print_text(&table.to_text_of(&widths));
    }
}

/// A list of which only a part is in memory at a time. It is printed as one table or one JSON array all the same.
#[derive(Debug)]
pub(super) struct Listing<'t> {
    terminal: &'t Terminal,
    count: usize,
    widths: Vec<usize>,
}

impl<'t> Listing<'t> {
    pub(super) fn new(terminal: &'t Terminal) -> Self {
        Self {
            terminal,
            count: 0,
            widths: Vec::new(),
        }
    }

    /// Prints the next part: the documents, or the table with a row for each.
    pub(super) fn add(&mut self, documents: &[Value], table: impl FnOnce() -> Table) {
        if !self.terminal.is_json() {
            self.count += documents.len();
            let table = table();
            table.measure(&mut self.widths);
            print_text(&table.to_text_of(&self.widths));
            return;
        }
        for document in documents {
            let text = serde_json::to_string_pretty(document).unwrap_or_default();
            let before = if self.count == 0 { "[" } else { "," };
            print_text(&format!("{before}\n  {}", text.replace('\n', "\n  ")));
            self.count += 1;
        }
    }

    /// Ends the list. Prints `none` if the list had no item.
    pub(super) fn end(self, none: &str) {
        match (self.terminal.is_json(), self.count) {
            (true, 0) => print_text("[]\n"),
            (true, _) => print_text("\n]\n"),
            (false, 0) => print_text(none),
            (false, _) => {}
        }
    }
}

/// Makes a text at most as wide as a column may be, with an ellipsis where something is left out.
fn shorten(text: &mut String) {
    const WIDEST: usize = 40;
    // No character is wider than its octets are many.
    if text.len() <= WIDEST || text.width() <= WIDEST {
        return;
    }
    let mut short = String::new();
    for grapheme in text.graphemes(true) {
        if short.width() + grapheme.width() >= WIDEST {
            break;
        }
        short.push_str(grapheme);
    }
    short.push('…');
    *text = short;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_for_wide_and_marked_letters() {
        let mut table = Table::default();
        let plain = Style::new();
        table.row([("李雷", plain), ("a", plain), ("", plain)]);
        table.row([("e\u{301}va", plain), ("b\u{1b}[31m\nc", plain)]);
        assert_eq!(table.to_text(), "  李雷  a\n  e\u{301}va   b [31m c\n");
    }

    #[test]
    fn long_cells_are_cut_unless_they_are_the_last() {
        let mut table = Table::default();
        let long = "x".repeat(60);
        table.row([(long.as_str(), Style::new()), (long.as_str(), Style::new())]);
        assert_eq!(table.to_text(), format!("  {}…  {long}\n", "x".repeat(39)));
    }

    #[test]
    fn nothing_in_a_record_commands_the_terminal() {
        assert_eq!(visible("a\u{1b}]0;x\u{7}\nb"), "a\u{fffd}]0;x\u{fffd}\nb");
    }
}
