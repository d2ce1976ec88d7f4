//! What mail programs do not support at all, by the data of <https://www.caniemail.com> of 2026-06-29.
//!
//! Made by `caniemail.py`; not to be edited.

/// Elements, and the mail programs that drop them.
pub(super) const ELEMENTS: &[(&str, &[&str])] = &[
    (
        "audio",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("button", &["Outlook on Windows", "Outlook.com"]),
    ("dialog", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    ("form", &["Outlook on Windows"]),
    ("input", &["Outlook on Windows"]),
    ("link", &["Gmail", "Outlook.com", "Yahoo Mail"]),
    ("marquee", &["Gmail", "Outlook on Windows"]),
    ("meter", &["Outlook on Windows", "Yahoo Mail"]),
    (
        "object",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("progress", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    ("select", &["Outlook on Windows"]),
    (
        "svg",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("textarea", &["Outlook on Windows"]),
    (
        "video",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
];

/// Declarations, functions and rules of style sheets, and the mail programs that drop them.
pub(super) const STYLES: &[(&str, &[&str])] = &[
    ("@import", &["Gmail", "Outlook.com", "Yahoo Mail"]),
    (
        "animation",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    (
        "aspect-ratio",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    (
        "backdrop-filter",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("background-image", &["Outlook on Windows"]),
    ("calc()", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    ("clamp()", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    (
        "clip-path",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("column-count", &["Outlook on Windows", "Yahoo Mail"]),
    ("display: flex", &["Outlook on Windows"]),
    ("display: grid", &["Outlook on Windows"]),
    ("display: inline-flex", &["Outlook on Windows"]),
    ("display: inline-grid", &["Outlook on Windows"]),
    (
        "filter",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("float", &["Outlook on Windows"]),
    ("gap", &["Outlook on Windows", "Yahoo Mail"]),
    (
        "inset",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    (
        "linear-gradient()",
        &["Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    (
        "mask-image",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("max()", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    ("min()", &["Outlook on Windows", "Outlook.com", "Yahoo Mail"]),
    ("mix-blend-mode", &["Outlook on Windows", "Yahoo Mail"]),
    ("object-fit", &["Outlook on Windows", "Yahoo Mail"]),
    ("position", &["Gmail", "Outlook on Windows"]),
    (
        "transform",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("transition", &["Gmail", "Outlook on Windows", "Outlook.com"]),
    (
        "var()",
        &["Gmail", "Outlook on Windows", "Outlook.com", "Yahoo Mail"],
    ),
    ("visibility", &["Gmail", "Outlook on Windows"]),
    ("writing-mode", &["Outlook on Windows", "Yahoo Mail"]),
    ("z-index", &["Gmail", "Outlook on Windows", "Yahoo Mail"]),
];
