// Reads calendar objects with ical.js, and compares what it finds; see read.py.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The package is looked for where the command is run.
const require = createRequire(`${process.cwd()}/`);
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")));

function check(what, found, expected, { zone, ics }) {
  if (found !== expected) {
    console.error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}\n${zone}\n${ics}`);
    process.exit(1);
  }
}

let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const expected = JSON.parse(line);
  const calendar = new ICAL.Component(ICAL.parse(expected.ics));
  const event = calendar.getFirstSubcomponent("vevent");
  for (const key of ["summary", "location", "description"]) {
    check(key, event.getFirstPropertyValue(key), expected[key], expected);
  }
  const attendee = event.getFirstProperty("attendee");
  check("name", attendee.getParameter("cn"), expected.name, expected);
  check("address", attendee.getFirstValue(), "mailto:lee@client.example", expected);
  const definition = calendar.getFirstSubcomponent("vtimezone");
  for (const [property, key] of [["dtstart", "start"], ["dtend", "end"]]) {
    const time = event.getFirstPropertyValue(property);
    if (definition) time.zone = new ICAL.Timezone(definition);
    check(key, time.toUnixTime(), expected[key], expected);
  }
  count += 1;
}
console.log(count);
