"""The invitations of a meeting, rendered or sent with what one would pick in Python. Prints one line of JSON.

    peer.py render|send --records FILE --meeting ID [--dkim KEY.pem] [--host H --port P --connections N]
        [--limit N] [--out FILE]
"""

import argparse
import functools
import json
import multiprocessing
import smtplib
import time
from datetime import datetime, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

import dkim
import icalendar
from babel import Locale
from babel.dates import format_interval, get_datetime_format, get_timezone_name, parse_pattern
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape

HERE = Path(__file__).resolve().parent
WORDS = json.loads((HERE.parent / "words.json").read_text())
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape(["html.jinja"]))
HTML = TEMPLATES.get_template("invitation.html.jinja")
TEXT = TEMPLATES.get_template("invitation.txt.jinja")
SENDER = Address("Acme", addr_spec="meetings@acme.example")


class Voice:
    """How times are told in a language and a zone. Patterns are dear to make and cheap to use."""

    def __init__(self, language, zone):
        self.locale, self.zone = Locale.parse(language), ZoneInfo(zone)
        self.date_pattern = self.locale.date_formats["full"]
        date, clock = self.locale.date_formats["medium"], self.locale.time_formats["short"]
        both = get_datetime_format("medium", locale=self.locale)
        self.short_pattern = parse_pattern(both.replace("{0}", clock.pattern).replace("{1}", date.pattern))
        self.interval = "hm" if "h" in clock.pattern else "Hm"

    def date(self, moment):
        return self.date_pattern.apply(moment.astimezone(self.zone), self.locale)

    def short(self, moment):
        return self.short_pattern.apply(moment.astimezone(self.zone), self.locale)

    def time(self, start, end):
        return format_interval(start, end, self.interval, tzinfo=self.zone, locale=self.locale)

    def zone_name(self, moment):
        return get_timezone_name(moment.astimezone(self.zone), locale=self.locale)

    def duration(self, minutes):
        return format_unit(minutes, "minute", locale=self.locale)


voice = functools.cache(Voice)


class Invitations:
    def __init__(self, records, meeting, key):
        self.meeting = next(each for each in records["meetings"] if each["id"] == meeting)
        self.organizer = next(user for user in records["users"] if user["id"] == self.meeting["assigned_user"])
        people = {contact["id"]: contact for contact in records["contacts"]}
        self.invitees = [people[attendee["id"]] for attendee in self.meeting["attendees"]]
        self.start = datetime.fromisoformat(self.meeting["start"])
        self.end = datetime.fromisoformat(self.meeting["end"])
        self.minutes = (self.end - self.start).total_seconds() / 60
        self.stamp = datetime.now(timezone.utc)
        self.description_html = Markup("<p>{}</p>").format(self.meeting["description"]).replace("\n", Markup("<br>"))
        self.reply_to = Address(self.organizer["name"], addr_spec=self.organizer["email"])
        self.key = key

    def calendar(self, person, labels):
        """The calendar object for one invitee."""
        meeting, url = self.meeting, self.meeting["join_url"]
        event = icalendar.Event()
        event.add("uid", "kickoff@acme.example")
        event.add("sequence", 0)
        event.add("dtstamp", self.stamp)
        event.add("dtstart", self.start)
        event.add("dtend", self.end)
        event.add("summary", meeting["name"])
        event.add("location", url)
        event.add("url", url)
        event.add("description", f"{labels['join']}\n{url}\n\n{meeting['description']}")
        link = f'<p><a href="{escape(url)}">{escape(labels["join"])}</a></p>{self.description_html}'
        event.add("x-alt-desc", link, parameters={"fmttype": "text/html"})
        event.add("status", "CONFIRMED")
        event.add("x-microsoft-cdo-busystatus", "BUSY")
        event.add("organizer", f"mailto:{self.organizer['email']}", parameters={"cn": self.organizer["name"]})
        event.add(
            "attendee",
            f"mailto:{person['email']}",
            parameters={
                "role": "REQ-PARTICIPANT",
                "partstat": "NEEDS-ACTION",
                "rsvp": "TRUE",
                "cn": person["name"],
            },
        )
        calendar = icalendar.Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//acme//peer//EN")
        calendar.add("method", "REQUEST")
        calendar.add_component(event)
        return calendar.to_ical()

    def mail(self, person):
        """The bytes of the mail to one invitee."""
        said = WORDS[person["language"]]
        speak = voice(person["language"], person["time_zone"])
        date = speak.date(self.start)
        clock = speak.time(self.start, self.end)
        zone = speak.zone_name(self.start)
        variables = {
            **said,
            "lang": person["language"],
            "invitee": person["name"],
            "organizer": self.organizer["name"],
            "organizer_email": self.organizer["email"],
            "organization": "Acme",
            "name": self.meeting["name"],
            "join_url": self.meeting["join_url"],
            "description": self.meeting["description"],
            "description_html": self.description_html,
            "date": date,
            "time": clock,
            "zone": zone,
            "when": f"{date}, {clock} ({zone})",
            "duration": speak.duration(self.minutes),
        }
        calendar = self.calendar(person, said["labels"])

        mail = EmailMessage(policy=SMTP)
        mail["From"] = SENDER
        mail["Reply-To"] = self.reply_to
        mail["To"] = Address(person["name"], addr_spec=person["email"])
        mail["Subject"] = f"{said['subject']}: {self.meeting['name']} ({speak.short(self.start)})"
        mail["Message-ID"] = make_msgid(domain="acme.example")
        mail["Date"] = format_datetime(datetime.now(timezone.utc))
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(TEXT.render(variables), cte="quoted-printable")
        mail.add_alternative(HTML.render(variables), subtype="html", cte="quoted-printable")
        mail.add_alternative(
            calendar.decode(), subtype="calendar", params={"method": "REQUEST"}, cte="quoted-printable"
        )
        mail.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
        mail["Content-Language"] = person["language"]  # last, since what is added before goes along with the text
        made = mail.as_bytes()
        if self.key:
            made = dkim.sign(made, b"s1", b"acme.example", self.key, canonicalize=(b"relaxed", b"relaxed")) + made
        return made


def work(invitations, host, port, invitees):
    """One process with one connection, which takes the next of the invitees until there are none left."""
    with smtplib.SMTP(host, port) as connection:
        while True:
            with invitees.get_lock():
                number = invitees.value
                invitees.value += 1
            if number >= len(invitations.invitees):
                return
            person = invitations.invitees[number]
            connection.sendmail(SENDER.addr_spec, [person["email"]], invitations.mail(person))


def send(invitations, host, port, connections):
    # Processes and not threads: nearly all of the time is Python's own, of which threads of a process take turns.
    invitees = multiprocessing.Value("l", 0)
    arguments = (invitations, host, port, invitees)
    workers = [multiprocessing.Process(target=work, args=arguments) for _ in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("a worker ended before all were sent")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("did", choices=["render", "send"])
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--meeting", required=True)
    parser.add_argument("--dkim", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=25)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()

    key = asked.dkim.read_bytes() if asked.dkim else None
    invitations = Invitations(json.loads(asked.records.read_text()), asked.meeting, key)
    invitations.invitees = invitations.invitees[: asked.limit]

    began = time.monotonic()
    made = b""
    size = 0
    if asked.did == "send":
        send(invitations, asked.host, asked.port, asked.connections)
    else:
        for person in invitations.invitees:
            made = invitations.mail(person)
            size += len(made)
    seconds = time.monotonic() - began
    if asked.out:
        asked.out.write_bytes(made)
    count = len(invitations.invitees)
    line = {"peer": "python", "did": asked.did, "messages": count, "bytes": size, "seconds": seconds}
    print(json.dumps({**line, "per_second": count / seconds}))


if __name__ == "__main__":
    main()
