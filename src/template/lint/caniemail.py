"""Makes support.rs of the data of https://www.caniemail.com (MIT), from a checkout of github.com/hteumeuleu/caniemail.

    python3 src/template/lint/caniemail.py ../caniemail > src/template/lint/support.rs && rustfmt src/template/lint/support.rs
"""

import pathlib
import re
import subprocess
import sys

# The mail programs that most readers have, and where caniemail has them.
CLIENTS = {
    "Gmail": ("gmail", ["desktop-webmail", "ios", "android"]),
    "Outlook on Windows": ("outlook", ["windows"]),
    "Outlook.com": ("outlook", ["outlook-com"]),
    "Apple Mail": ("apple-mail", ["macos", "ios"]),
    "Yahoo Mail": ("yahoo", ["desktop-webmail", "ios", "android"]),
}
ELEMENTS = {
    "audio": "audio", "base": "base", "button": "button-submit", "dialog": "dialog", "form": "form",
    "input": "input-text", "link": "link", "marquee": "marquee", "meter": "meter", "object": "object",
    "progress": "progress", "select": "select", "svg": "svg", "textarea": "textarea", "video": "video",
}
# A declaration, as `property` or `property: value`.
STYLES = {
    "position": "position", "display: flex": "display-flex", "display: inline-flex": "display-flex",
    "display: grid": "display-grid", "display: inline-grid": "display-grid",
    "background-image": "background-image", "transform": "transform", "transition": "transition",
    "animation": "animation", "clip-path": "clip-path", "filter": "filter", "mask-image": "mask-image",
    "object-fit": "object-fit", "aspect-ratio": "aspect-ratio", "mix-blend-mode": "mix-blend-mode",
    "backdrop-filter": "backdrop-filter", "float": "float", "inset": "inset", "z-index": "left-right-top-bottom",
    "column-count": "column-count", "gap": "gap", "writing-mode": "writing-mode",
    "visibility": "visibility", "@import": "at-import", "var()": "variables", "calc()": "unit-calc",
    "clamp()": "function-clamp", "min()": "function-min", "max()": "function-max", "linear-gradient()": "linear-gradient",
}

repository = pathlib.Path(sys.argv[1])


def git(*arguments):
    return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, text=True, check=True).stdout


def lacking(feature):
    """The programs that support a feature nowhere, by their latest tests."""
    text = git("show", f"HEAD:_features/{feature}.md")
    lacks = []
    for client, (family, platforms) in CLIENTS.items():
        start = re.search(rf"^\s*\"?{family}\"?\s*:\s*{{", text, re.M)
        if not start:
            continue
        depth, end = 1, start.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        stats = text[start.end() : end - 1]
        latest = []
        for platform in platforms:
            tests = re.search(rf"\"?{platform}\"?\s*:\s*{{([^}}]*)}}", stats)
            values = re.findall(r":\s*\"?([ynau])\b", tests.group(1)) if tests else []
            latest += values[-1:]
        if latest and all(value == "n" for value in latest):
            lacks.append(client)
    return lacks


def table(name, doc, features, prefix):
    print(f"/// {doc}\npub(super) const {name}: &[(&str, &[&str])] = &[")
    for ours, theirs in sorted(features.items()):
        clients = lacking(prefix + theirs)
        if clients:
            print(f'    ("{ours}", &[{", ".join(f"{client!r}" for client in clients)}]),'.replace("'", '"'))
    print("];\n")


date = git("log", "-1", "--format=%cs").strip()
print(f"//! What mail programs do not support at all, by the data of <https://www.caniemail.com> of {date}.")
print("//!\n//! Made by `caniemail.py`; not to be edited.\n")
table("ELEMENTS", "Elements, and who drops them.", ELEMENTS, "html-")
table("STYLES", "Declarations, functions and rules of style sheets, and who drops them.", STYLES, "css-")
