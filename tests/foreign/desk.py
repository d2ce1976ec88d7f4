"""An author at the desk, in Chromium: looks, edits a file, makes a mistake, mends it, looks at everything.

Takes the desk's address, the folder of templates, and a folder for screenshots or `-`. Prints what was seen as JSON.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

URL, TEMPLATES, SHOTS = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
TIMEOUT = 120


class Refused(Exception):
    """Chromium did not do what it was told, such as because the page went away meanwhile."""


class Browser:
    """Chromium, driven by its DevTools protocol."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-extensions", "--remote-debugging-port=0",
                "--remote-allow-origins=*", f"--user-data-dir={folder}", "--window-size=1240,1000", "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = pathlib.Path(folder, "DevToolsActivePort")
        end = time.monotonic() + TIMEOUT
        while not (port_file.exists() and port_file.read_text().strip()):
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit("Chromium did not start")
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.socket = websocket.create_connection(address, timeout=TIMEOUT)
        self.number = 0
        self.complaints = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise Refused(f"{method}: {message['error']['message']}")
                return message["result"]
            if message.get("method") == "Log.entryAdded":
                self.complaints.append(message["params"]["entry"]["text"])
            if message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(message["params"]["exceptionDetails"]["text"])

    def value(self, expression):
        """What an expression comes to; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def until(self, condition):
        """Waits, in the page itself, until a condition holds. A page that leads to another is waited for too."""
        end = time.monotonic() + TIMEOUT
        held = None
        while held is None and time.monotonic() < end:
            try:
                held = self.holds(condition)
            except Refused:
                continue
        if not held:
            raise SystemExit(f"never came true: {condition}\n" + self.value("document.body.innerText"))

    def holds(self, condition):
        """Whether a condition comes to hold in the page that there is."""
        return self.value(
            f"""new Promise((done) => {{
              const end = performance.now() + {TIMEOUT * 1000};
              const look = () => {{
                let holds = false;
                try {{ holds = Boolean({condition}); }} catch {{ }}
                if (holds) done(true);
                else if (performance.now() > end) done(false);
                else setTimeout(look, 2);
              }};
              look();
            }})"""
        )

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.until(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def shot(self, name):
        if SHOTS != "-":
            size = self.value("[innerWidth, Math.min(document.documentElement.scrollHeight, 1500)]")
            clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
            data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip, format="png")["data"]
            pathlib.Path(SHOTS, f"{name}.png").write_bytes(base64.b64decode(data))


def save(text):
    """Saves as editors do: a new file in place of the old one."""
    file = TEMPLATES / "invitation/meeting/body.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(".body.html.new")
    new.write_text(text)
    os.replace(new, file)


def with_line(line):
    return (
        '{% extends "built-in/invitation/meeting/body.html" %}\n'
        "{% block intro %}{{ super() }}\n" + line + "\n{% endblock intro %}\n"
    )


AGENDA = "{% if description_text %}<p>Please read the agenda below before we meet.</p>{% endif %}"
DESKTOP = "document.querySelector('iframe.desktop').contentDocument"
PHONE = "document.querySelector('iframe.phone').contentDocument"
COMPLETE = f"{DESKTOP}.readyState === 'complete' && {PHONE}.readyState === 'complete' && {PHONE}.body.innerText"
seen = {}
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    browser = Browser(folder)
    try:
        browser.go(URL)
        browser.until(COMPLETE)
        seen["first"] = browser.value(f"{DESKTOP}.body.innerText")
        seen["inbox"] = browser.value("document.querySelector('.inbox').innerText")
        seen["phone"] = browser.value(f"[{PHONE}.documentElement.clientWidth, {PHONE}.documentElement.scrollWidth]")
        seen["fits"] = browser.value(
            f"document.querySelector('iframe.phone').clientHeight >= {PHONE}.documentElement.scrollHeight"
        )
        browser.shot("desk")

        # Saved, and seen: the time between the two.
        took = []
        for turn in range(12):
            line = f"<p>Turn {turn} of the wheel</p>"
            began = time.monotonic()
            save(with_line(line))
            browser.until(f"{DESKTOP}.body.innerText.includes('Turn {turn} of the wheel')")
            took.append(round((time.monotonic() - began) * 1000))
        seen["milliseconds"] = took

        # The colour stands in the configuration, which is watched too.
        config = TEMPLATES.parent / "invite.toml"
        config.write_text(config.read_text() + 'color = "#0b7a53"\n')
        button = f"[...{DESKTOP}.querySelectorAll('td, a')].some((each) => getComputedStyle(each).backgroundColor"
        browser.until(f"{button} === 'rgb(11, 122, 83)')")

        save(with_line(AGENDA))
        browser.until(f"{DESKTOP}.body.innerText.includes('read the agenda')")
        browser.shot("agenda")
        save(with_line(AGENDA.replace("description", "descripton")))
        browser.until("document.querySelector('.wrong')")
        seen["wrong"] = browser.value("document.querySelector('.wrong').innerText")
        browser.shot("mistake")
        save(with_line(AGENDA))
        browser.until(f"{DESKTOP}.body.innerText.includes('read the agenda')")

        dutch = TEMPLATES / "invitation/meeting/nl/subject.txt"
        dutch.parent.mkdir()
        dutch.write_text("Graag tot ziens: {{ name }}, {{ date_start }}\n")
        browser.go(URL + "&language=nl")
        browser.until(f"document.querySelector('.inbox').innerText.includes('Graag tot ziens') && {COMPLETE}")
        seen["dutch"] = browser.value(f"{PHONE}.body.innerText")
        browser.shot("dutch")

        browser.go(URL + "&theme=dark")
        browser.until(COMPLETE)
        seen["dark"] = browser.value(f"getComputedStyle({PHONE}.querySelector('.card')).backgroundColor")
        browser.shot("dark")
        for view in ("text", "calendar", "source", "templates", "variables", "check"):
            browser.go(f"{URL}&view={view}")
            seen[view] = browser.value("document.querySelector('main').innerText")
        browser.shot("check")

        browser.go(URL + "&view=conditions")
        of_link = "[...document.querySelectorAll('details')].find((d) => d.querySelector('code').innerText === 'join_url')"
        browser.value(f"{of_link}.open = true")
        browser.value(f"{of_link}.scrollIntoView()")
        browser.until(f"[...{of_link}.querySelectorAll('iframe')].every((f) => f.contentDocument.body.innerText)")
        seen["both"] = browser.value(
            f"[...{of_link}.querySelectorAll('iframe')].map((f) => f.contentDocument.body.innerText)"
        )
        browser.shot("conditions")

        # A choice shows by itself.
        browser.go(URL)
        browser.until(COMPLETE)
        browser.value(
            "(() => { const form = document.getElementById('choose'); form.elements.about.value = 'sample:all-day';"
            " form.elements.about.dispatchEvent(new Event('change', { bubbles: true })); })()"
        )
        browser.until(f"location.search.includes('all-day') && {COMPLETE}")
        seen["chosen"] = browser.value(f"{DESKTOP}.body.innerText")

        # What a mail can do in its frame: nothing.
        seen["inline"] = browser.value(f"{DESKTOP}.defaultView.document.scripts.length")
        seen["complaints"] = browser.complaints
    finally:
        browser.process.terminate()
        browser.process.wait()
print(json.dumps(seen))
