"""Reads mails with Python's `email`, and the calendar objects in them with `icalendar`: one JSON object a line for each
file named."""

import datetime
import email
import email.header
import email.policy
import email.utils
import json
import sys

import icalendar

UTC = datetime.timezone.utc


def moment(value):
    return int(value.timestamp()) if isinstance(value, datetime.datetime) else value.isoformat()


def read_event(text):
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    optional = lambda name: str(event[name]) if name in event else None
    return {
        "errors": len(event.errors),
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "summary": str(event["SUMMARY"]),
        "location": optional("LOCATION"),
        "description": optional("DESCRIPTION"),
        "status": optional("STATUS"),
        "start": moment(event["DTSTART"].dt),
        "end": moment(event["DTEND"].dt),
        "organizer": str(event["ORGANIZER"]),
        "attendees": [[str(a), a.params["CN"], a.params["PARTSTAT"]] for a in attendees],
    }


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    assert not message.defects, (path, message.defects)
    parts = list(message.walk())
    for part in parts:
        assert not part.defects, (path, part.defects)
    (calendar,) = [p for p in parts if p.get_content_type() == "text/calendar"]
    (attached,) = [p for p in parts if p.get_content_type() == "application/ics"]
    ics = attached.get_payload(decode=True).decode()
    # Python makes the line ends of what is not base64 its own.
    alternative = calendar.get_payload(decode=True).decode().replace("\n", "\r\n")
    # The names of `message[name].addresses` keep the space between two encoded words, which RFC 2047 §6.2 drops.
    raw = {name: str(value) for name, value in message.raw_items()}
    decoded = lambda text: str(email.header.make_header(email.header.decode_header(text)))
    address = lambda name: [[decoded(n), a] for n, a in email.utils.getaddresses([raw[name]])] if name in raw else []
    body = lambda kind: message.get_body((kind,)).get_content()
    print(
        json.dumps(
            {
                "tree": [p.get_content_type() for p in parts],
                "from": address("From"),
                "to": address("To"),
                "reply_to": address("Reply-To"),
                "subject": str(message["Subject"]),
                "message_id": message["Message-ID"],
                "in_reply_to": message["In-Reply-To"],
                "references": message["References"],
                "auto_submitted": message["Auto-Submitted"],
                "language": message["Content-Language"],
                "method": calendar.get_param("method"),
                "charset": calendar.get_content_charset(),
                "disposition": calendar.get_content_disposition(),
                "attachment": attached.get_filename(),
                "attachment_is_same": alternative == ics,
                "text": body("plain"),
                "html": body("html"),
                "ics": ics,
                "stamp": moment(icalendar.Calendar.from_ical(ics).walk("VEVENT")[0]["DTSTAMP"].dt),
                "event": read_event(ics),
            }
        )
    )
