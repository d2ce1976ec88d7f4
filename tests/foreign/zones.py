"""Prints what the package `tzdata` says of every zone, from 1970 to 2040.

The first line is the version of the tz database; each other line is a JSON object: the zone's `name`, and its
`changes`, each an instant and what holds from it on: the offset in seconds, the abbreviation, and whether that is
daylight saving time. The first change is the beginning of 1970.

There are two forms of the tz database, with the same offsets. In this one Ireland's standard time is that of summer, and
"daylight saving" puts clocks back in winter; so it was in Morocco and Namibia. In the other form, winter is standard
and the rest of the year daylight saving. Here, winter is not daylight saving; of the rest of the year it is not said: null.
"""

import functools
import importlib.resources
import io
import json
import struct
import zoneinfo
from datetime import datetime, timezone

import tzdata

zoneinfo.reset_tzpath(to=[])  # the package's zones, not the system's
PACKAGE = importlib.resources.files("tzdata")
BEGIN, END = (int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp()) for year in (1970, 2041))
WEEK = 7 * 24 * 3600


def listed(data):
    """The instants that a zone's file lists (RFC 9636, section 3). Later ones follow from its footer."""
    header = struct.Struct(">4s c 15x 6L")

    def counts(at):
        magic, version, *numbers = header.unpack_from(data, at)
        assert magic == b"TZif" and version >= b"2"
        return numbers

    isut, isstd, leaps, times, types, letters = counts(0)
    second = header.size + times * 5 + types * 6 + letters + leaps * 8 + isstd + isut
    times = counts(second)[3]
    return struct.unpack_from(f">{times}q", data, second + header.size)


@functools.cache  # many zones are the same file
def changes(data):
    zone = zoneinfo.ZoneInfo.from_file(io.BytesIO(data))

    def state(instant):
        local = datetime.fromtimestamp(instant, zone)
        return int(local.utcoffset().total_seconds()), local.tzname(), bool(local.dst())

    found = [(BEGIN, *state(BEGIN))]
    # Nothing but what a file lists lasts less than a week.
    ends = {*range(BEGIN + WEEK, END, WEEK), END - 1}
    ends.update(instant for instant in listed(data) if BEGIN < instant < END)
    before = BEGIN
    for after in sorted(ends):
        while state(after) != found[-1][1:]:
            low, high = before, after
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if state(middle) == found[-1][1:] else (low, middle)
            found.append((high, *state(high)))
            before = high
        before = after
    return found


def without_winter_saving(changes):
    def beside(index):
        return [changes[other] for other in (index - 1, index + 1) if 0 <= other < len(changes)]

    def is_winter(index):
        _, here, _, is_dst = changes[index]
        return is_dst and all(offset > here and not is_dst for _, offset, _, is_dst in beside(index))

    winters = [is_winter(index) for index in range(len(changes))]
    for index, (*change, is_dst) in enumerate(changes):
        no_winter = not is_dst and any(winters[max(index - 1, 0) : index + 2])
        yield *change, None if no_winter else is_dst and not winters[index]


print(tzdata.IANA_VERSION)
for name in sorted(zoneinfo.available_timezones()):
    data = PACKAGE.joinpath("zoneinfo", *name.split("/")).read_bytes()
    print(json.dumps({"name": name, "changes": list(without_winter_saving(changes(data)))}))
