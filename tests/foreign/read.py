"""Reads calendar objects with the packages `icalendar` and `vobject`, and compares what it finds.

Standard input has one JSON object a line: `ics` and what is expected of it. Wall clocks are compared with the zones of
the package `tzdata`, instants with what the written VTIMEZONE says. Prints the number read; ends with 1 on the first
difference.
"""

import datetime
import importlib.resources
import json
import sys
import zoneinfo

import icalendar
import vobject

zoneinfo.reset_tzpath(to=[])  # the package's zones, not the system's
assert importlib.resources.is_resource("tzdata", "zones")
UTC = datetime.timezone.utc


def check(what, found, expected, case):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}\n{case['zone']}\n{case['ics']}")


count = 0
for line in sys.stdin:
    case = json.loads(line)
    calendar = icalendar.Calendar.from_ical(case["ics"])
    (event,) = calendar.walk("VEVENT")
    check("errors", event.errors, [], case)
    for name, key in [("SUMMARY", "summary"), ("LOCATION", "location"), ("DESCRIPTION", "description")]:
        check(name, str(event[name]), case[key], case)
    check("CN", event["ATTENDEE"].params["CN"], case["name"], case)
    check("ATTENDEE", str(event["ATTENDEE"]), "mailto:lee@client.example", case)
    for name, key in [("DTSTART", "start"), ("DTEND", "end")]:
        time, instant = event[name].dt, case[key]
        if "TZID" in event[name].params:
            (zone,) = calendar.walk("VTIMEZONE")
            wall = time.replace(tzinfo=None)
            here = datetime.datetime.fromtimestamp(instant, zoneinfo.ZoneInfo(case["zone"]))
            check(f"{name} on the wall", wall, here.replace(tzinfo=None), case)
            time = wall.replace(tzinfo=zone.to_tz(lookup_tzid=False))
        check(name, int(time.timestamp()), instant, case)

    # vobject keeps zones by name from one object to the next.
    vars(vobject.icalendar)["__tzidMap"].clear()
    vobject.icalendar.registerTzid("UTC", vobject.icalendar.utc)
    event = vobject.readOne(case["ics"]).vevent
    check("vobject SUMMARY", event.summary.value, case["summary"], case)
    check("vobject DTSTART", event.dtstart.value.timestamp(), case["start"], case)
    check("vobject DTEND", event.dtend.value.timestamp(), case["end"], case)
    count += 1
print(count)
