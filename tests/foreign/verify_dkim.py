"""Verifies DKIM signatures with dkimpy. Reads a JSON list of {"message": base64, "records": {name: text}}, and prints for
each message the outcome of each signature, the topmost first."""

import base64
import json
import sys

import dkim

verdicts = []
for case in json.load(sys.stdin):
    message = base64.b64decode(case["message"])
    records = {name.encode() + b".": text.encode() for name, text in case["records"].items()}

    def look_up(name, timeout=5, records=records):
        return records.get(name if name.endswith(b".") else name + b".")

    count = message.lower().split(b"\r\n\r\n")[0].count(b"dkim-signature:")
    outcomes = []
    for place in range(count):
        try:
            outcomes.append(dkim.DKIM(message, minkey=2048).verify(idx=place, dnsfunc=look_up))
        except dkim.DKIMException as error:
            outcomes.append(str(error))
    verdicts.append(outcomes)
json.dump(verdicts, sys.stdout)
