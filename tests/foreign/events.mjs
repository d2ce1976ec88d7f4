// Reads calendar objects with ical.js, and prints what it finds: one JSON object a line. Standard input has one JSON
// string a line.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// The package is looked for where the command is run.
const require = createRequire(`${process.cwd()}/`);
const { default: ICAL } = await import(pathToFileURL(require.resolve("ical.js")));

const moment = (time) => (time.isDate ? time.toString() : time.toUnixTime());

for await (const line of createInterface({ input: process.stdin })) {
  const calendar = new ICAL.Component(ICAL.parse(JSON.parse(line)));
  const event = calendar.getFirstSubcomponent("vevent");
  const value = (name) => event.getFirstPropertyValue(name) ?? null;
  const attendees = event.getAllProperties("attendee");
  console.log(
    JSON.stringify({
      errors: 0,
      method: calendar.getFirstPropertyValue("method"),
      uid: value("uid"),
      sequence: value("sequence"),
      summary: value("summary"),
      location: value("location"),
      description: value("description"),
      status: value("status"),
      start: moment(value("dtstart")),
      end: moment(value("dtend")),
      organizer: value("organizer"),
      attendees: attendees.map((a) => [a.getFirstValue(), a.getParameter("cn"), a.getParameter("partstat")]),
    }),
  );
}
