// The invitations of a meeting, rendered or sent with what one would pick in Node. Prints one line of JSON.
//
//     node peer.mjs render|send|send-durable --records FILE --meeting ID [--dkim KEY.pem] [--host H --port P --connections N]
//
// send-durable sends by way of an outbox in SQLite: after a crash it is known what was sent, and what is in doubt.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import Handlebars from "handlebars";
import ical, { ICalCalendarMethod } from "ical-generator";
import nodemailer from "nodemailer";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    ["records", "meeting", "dkim", "host", "port", "connections", "limit", "out"].map((name) => [name, { type: "string" }]),
  ),
});
const did = positionals[0];
const here = new URL(".", import.meta.url);
const words = JSON.parse(readFileSync(new URL("../words.json", here), "utf8"));
const html = Handlebars.compile(readFileSync(new URL("invitation.html.hbs", here), "utf8"));
const text = Handlebars.compile(readFileSync(new URL("invitation.txt.hbs", here), "utf8"), { noEscape: true });

const records = JSON.parse(readFileSync(values.records, "utf8"));
const meeting = records.meetings.find((meeting) => meeting.id === values.meeting);
const organizer = records.users.find((user) => user.id === meeting.assigned_user);
const people = new Map(records.contacts.map((contact) => [contact.id, contact]));
let invitees = meeting.attendees.map((attendee) => people.get(attendee.id));
if (values.limit) invitees = invitees.slice(0, Number(values.limit));
const [start, end] = [new Date(meeting.start), new Date(meeting.end)];
const minutes = (end - start) / 60000;
const stamp = new Date();

// Formatters are dear to make and cheap to use.
const voices = new Map();
function voice(language, timeZone) {
  const key = `${language} ${timeZone}`;
  let known = voices.get(key);
  if (!known) {
    const format = (options) => new Intl.DateTimeFormat(language, { timeZone, ...options });
    known = {
      date: format({ dateStyle: "full" }),
      time: format({ timeStyle: "short" }),
      short: format({ dateStyle: "medium", timeStyle: "short" }),
      zone: format({ timeZoneName: "long" }),
      duration: new Intl.NumberFormat(language, { style: "unit", unit: "minute", unitDisplay: "long" }),
    };
    voices.set(key, known);
  }
  return known;
}

function mail(person) {
  const { subject, ...said } = words[person.language];
  const speak = voice(person.language, person.time_zone);
  const date = speak.date.format(start);
  const time = speak.time.formatRange(start, end);
  const zone = speak.zone.formatToParts(start).find((part) => part.type === "timeZoneName").value;
  const variables = {
    ...said,
    lang: person.language,
    invitee: person.name,
    organizer: organizer.name,
    organizer_email: organizer.email,
    organization: "Acme",
    name: meeting.name,
    join_url: meeting.join_url,
    description: meeting.description,
    description_html: `<p>${Handlebars.escapeExpression(meeting.description).replaceAll("\n", "<br>")}</p>`,
    date,
    time,
    zone,
    when: `${date}, ${time} (${zone})`,
    duration: speak.duration.format(minutes),
  };
  const calendar = ical({ method: ICalCalendarMethod.REQUEST, prodId: { company: "acme", product: "peer" } });
  calendar.createEvent({
    id: "kickoff@acme.example",
    sequence: 0,
    stamp,
    start,
    end,
    summary: meeting.name,
    location: meeting.join_url,
    url: meeting.join_url,
    description: {
      plain: `${said.labels.join}\n${meeting.join_url}\n\n${meeting.description}`,
      html: `<p><a href="${meeting.join_url}">${said.labels.join}</a></p>${variables.description_html}`,
    },
    status: "CONFIRMED",
    busystatus: "BUSY",
    organizer: { name: organizer.name, email: organizer.email },
    attendees: [{ name: person.name, email: person.email, rsvp: true, role: "REQ-PARTICIPANT", status: "NEEDS-ACTION" }],
  });
  return {
    from: { name: "Acme", address: "meetings@acme.example" },
    replyTo: { name: organizer.name, address: organizer.email },
    to: { name: person.name, address: person.email },
    subject: `${subject}: ${meeting.name} (${speak.short.format(start)})`,
    text: text(variables),
    html: html(variables),
    icalEvent: { method: "REQUEST", filename: "invite.ics", content: calendar.toString() },
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": person.language },
  };
}

const dkim = values.dkim && {
  domainName: "acme.example",
  keySelector: "s1",
  privateKey: readFileSync(values.dkim, "utf8"),
};
const transport =
  did !== "render"
    ? nodemailer.createTransport({
        host: values.host,
        port: Number(values.port),
        secure: false,
        ignoreTLS: true,
        pool: true,
        maxConnections: Number(values.connections ?? 8),
        maxMessages: Infinity,
        dkim,
      })
    : nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows", dkim });

// The mails that are to be sent, and what became of them. A mail is kept apart from its fate, so that telling a fate does not
// write the mail anew; it is kept as nodemailer takes it, which costs less than the bytes it makes of it.
class Outbox {
  constructor(folder) {
    this.database = new Database(join(folder, "outbox.db"));
    this.database.pragma("journal_mode = WAL");
    this.database.pragma("synchronous = NORMAL");
    this.database.exec(`
      CREATE TABLE mails (id INTEGER PRIMARY KEY, mail TEXT NOT NULL) STRICT;
      CREATE TABLE fates (
        id INTEGER PRIMARY KEY REFERENCES mails (id),
        meeting TEXT NOT NULL,
        invitee TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent')),
        answer TEXT,
        UNIQUE (meeting, invitee)
      ) STRICT;
      CREATE INDEX fates_queued ON fates (id) WHERE state = 'queued';
    `);
    this.keep = this.database.prepare("INSERT INTO mails (mail) VALUES (?)");
    this.await = this.database.prepare("INSERT INTO fates (id, meeting, invitee) VALUES (?, ?, ?)");
    this.claim = this.database.prepare(`
      UPDATE fates SET state = 'sending'
      WHERE id = (SELECT id FROM fates WHERE state = 'queued' ORDER BY id LIMIT 1)
      RETURNING id, (SELECT mail FROM mails WHERE mails.id = fates.id) AS mail
    `);
    this.settle = this.database.prepare("UPDATE fates SET state = 'sent', answer = ? WHERE id = ?");
    this.queue = this.database.transaction((people) => {
      for (const person of people) {
        const messageId = `<${randomUUID()}@acme.example>`;
        const kept = { ...mail(person), messageId, date: new Date().toUTCString().replace("GMT", "+0000") };
        const { lastInsertRowid } = this.keep.run(JSON.stringify(kept));
        this.await.run(lastInsertRowid, meeting.id, person.id);
      }
    });
  }
}

const folder = did === "send-durable" && mkdtempSync(join(tmpdir(), "peer-"));
const began = process.hrtime.bigint();
let bytes = 0;
// As many at a time as keep the pool busy.
const workers = (work) => Promise.all(Array.from({ length: 4 * Number(values.connections ?? 8) }, work));
if (did === "send") {
  let next = 0;
  await workers(async () => {
    while (next < invitees.length) await transport.sendMail(mail(invitees[next++]));
  });
} else if (did === "send-durable") {
  const outbox = new Outbox(folder);
  outbox.queue(invitees);
  await workers(async () => {
    for (let row = outbox.claim.get(); row; row = outbox.claim.get()) {
      const { response } = await transport.sendMail(JSON.parse(row.mail));
      outbox.settle.run(response, row.id);
    }
  });
  outbox.database.close();
} else {
  let last;
  for (const person of invitees) {
    last = (await transport.sendMail(mail(person))).message;
    bytes += last.length;
  }
  if (values.out) writeFileSync(values.out, last);
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
transport.close();
if (folder) rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({ peer: "node", did, messages: invitees.length, bytes, seconds, per_second: invitees.length / seconds }),
);
