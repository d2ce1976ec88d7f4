#!/usr/bin/env python3
"""An SMTP server (RFC 5321) for tests, in a process of its own. Python's standard library only.

    smtp_server.py FOLDER [--without EXTENSION]... [--login USER PASSWORD] [--tally] [--seed NUMBER]
        [--bearer USER TOKEN]...

prints its port as its first line and serves on 127.0.0.1 until its standard input is closed. With --login it takes mail
from that user only. Each message that it
takes becomes NNNN.eml in FOLDER, its lines as they came without the dots that SMTP adds, with NNNN.json beside it:
{"from", "to": [...], "mail_parameters": [...]}. With --tally each becomes a line of FOLDER/tally instead, recipient
and Message-ID with a tab between, and nothing is told. What happens is told in FOLDER/events.jsonl, a line each:
{"event": "connect" | "mail" | "rcpt" | "data" | "stored" | "hold" | "bad" | "quit" | "gone", "address": ...,
"at": seconds of a clock that only goes forward}.

FOLDER/control.json says what shall go wrong. It is read anew before each answer. All of it is optional:
    "close_at_connect": true                 close without a greeting
    "greeting": "554 5.3.2 Go away"          greet so, and close
    "most_connections": 2                    greet with 421, and close, whoever comes while so many are open
    "refuse": {"a@b.example": "550 5.1.1 No such user"}     answer RCPT so
    "put_off": {"a@b.example": 2}            answer RCPT with 451 so many times
    "shut_down": 1                           answer RCPT with 421 and close, so many times
    "cut": {"a@b.example": ["in_data" | "before_answer" | "after_answer", 1]}
                                             close the connection then, so many times: amid the message, or when it
                                             is stored, before or after that is said
    "greylist": true                         answer the first RCPT for each address with 451
    "per_connection": 3                      answer MAIL with 421 and close, after so many messages on a connection
    "slow": 20                               wait up to so many milliseconds before each answer, by the dice of --seed
    "drop": 30                               close the connection in place of so many answers in a thousand
    "wants_data_for_nobody": true            answer DATA with 354 though every RCPT was refused, and refuse what comes
    "full": 3                                answer MAIL with 452 so many times
    "hold": ["rcpt" | "stored", "a@b.example"]   wait before answering RCPT, or the message's end, until this is
                                             gone from the file, or the client is gone
"""

import argparse
import asyncio
import base64
import json
import os
import random
import sys
import threading
import time

EXTENSIONS = ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 10485760"]


class Desk:
    """What all connections share."""

    def __init__(self, folder, without, login, tally, seed, bearers):
        self.folder = folder
        self.tally = open(os.path.join(folder, "tally"), "ab", buffering=0) if tally else None
        self.dice = random.Random(seed)
        self.extensions = [e for e in EXTENSIONS if e.split(" ")[0] not in without]
        self.login = "\0".join(["", *login]) if login else None
        self.bearers = [f"user={user}\x01auth=Bearer {token}\x01\x01" for user, token in bearers]
        if bearers:
            self.login = ""
            self.extensions.append("AUTH XOAUTH2")
        if login and not bearers:
            self.extensions.append("AUTH PLAIN")
        self.messages = 0
        self.open = 0
        self.used = {}

    def control(self):
        try:
            with open(os.path.join(self.folder, "control.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def has_left(self, what, times):
        """Whether something that is to happen so many times is still to happen; counts it."""
        done = self.used.get(what, 0)
        if done >= times:
            return False
        self.used[what] = done + 1
        return True

    def tell(self, event, address=None):
        if self.tally and event != "bad":
            return
        with open(os.path.join(self.folder, "events.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"event": event, "address": address, "at": time.monotonic()}) + "\n")

    def store(self, envelope, lines):
        self.messages += 1
        if self.tally:
            message_id = next(line for line in lines if line.lower().startswith(b"message-id:"))
            self.tally.write(envelope["to"][0].encode() + b"\t" + message_id.split(b":", 1)[1].strip() + b"\n")
            return
        # In their order, also of very many.
        name = os.path.join(self.folder, f"{self.messages:06}")
        with open(name + ".json", "w", encoding="utf-8") as file:
            json.dump(envelope, file)
        # The message appears whole.
        with open(name + ".new", "wb") as file:
            file.write(b"".join(lines))
        os.rename(name + ".new", name + ".eml")


class Gone(Exception):
    """The connection is to end."""


class Session:
    def __init__(self, desk, reader, writer):
        self.desk, self.reader, self.writer = desk, reader, writer
        self.greeted = False
        self.counted = 1
        desk.open += 1
        self.welcome = desk.login is None
        self.envelope = None
        self.stored = 0
        self.refused_mail = False

    async def answer(self, *lines):
        code = lines[0][:3]
        # What was sent before its time is in the buffer already.
        if self.reader._buffer and (code == "354" or "PIPELINING" not in self.desk.extensions):
            self.desk.tell("bad", f"more was sent before {code}")
        control = self.desk.control()
        if control.get("slow"):
            await asyncio.sleep(self.desk.dice.random() * control["slow"] / 1000)
        if self.greeted and self.desk.dice.random() * 1000 < control.get("drop", 0):
            raise Gone
        for line in lines[:-1]:
            self.writer.write(f"{code}-{line[4:]}\r\n".encode())
        self.writer.write((lines[-1] + "\r\n").encode())
        await self.writer.drain()

    async def line(self):
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise Gone
        if not line.endswith(b"\r\n"):
            self.desk.tell("bad", "a line that ends without CR")
        return line

    async def hold(self, where, address):
        if self.desk.control().get("hold") != [where, address]:
            return
        self.desk.tell("hold", address)
        while self.desk.control().get("hold") == [where, address]:
            # What the client sends meanwhile stays in the buffer; its end shows.
            if self.reader.at_eof() or self.writer.is_closing():
                raise Gone
            await asyncio.sleep(0.01)

    async def run(self):
        self.desk.tell("connect")
        control = self.desk.control()
        if control.get("close_at_connect"):
            return
        greeting = control.get("greeting", "220 mx.test.example ESMTP")
        if self.desk.open > control.get("most_connections", self.desk.open):
            greeting = "421 4.7.0 Too many connections"
        await self.answer(greeting)
        if not greeting.startswith("220"):
            return
        while True:
            line = (await self.line()).decode("utf-8", "replace").rstrip("\r\n")
            verb, _, rest = line.partition(" ")
            command = getattr(self, "do_" + verb.lower(), None)
            if command is None:
                self.desk.tell("bad", line)
                await self.answer("500 5.5.2 What?")
            elif await command(rest) == "end":
                return

    async def do_ehlo(self, _):
        self.greeted, self.envelope = True, None
        await self.answer("250 mx.test.example", *(f"250 {e}" for e in self.desk.extensions))

    async def do_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if mechanism == "XOAUTH2" and self.desk.bearers:
            self.desk.tell("auth")
            if base64.b64decode(initial).decode() in self.desk.bearers:
                self.welcome = True
                return await self.answer("235 2.7.0 Welcome")
            return await self.answer("535 5.7.8 Token not accepted")
        if mechanism != "PLAIN" or self.welcome:
            return await self.answer("503 5.5.1 Not now, or not so")
        if base64.b64decode(initial).decode() != self.desk.login:
            return await self.answer("535 5.7.8 Authentication failed")
        self.welcome = True
        await self.answer("235 2.7.0 Welcome")

    async def do_noop(self, _):
        await self.answer("250 2.0.0 Ok")

    async def do_rset(self, _):
        self.envelope = None
        await self.answer("250 2.0.0 Ok")

    def leave(self):
        """It is not among the open ones any more, as soon as the client can know that."""
        self.desk.open -= self.counted
        self.counted = 0

    async def do_quit(self, _):
        self.leave()
        self.desk.tell("quit")
        await self.answer("221 2.0.0 Bye")
        return "end"

    @staticmethod
    def path(rest, keyword):
        """The address of a MAIL or RCPT command, and its parameters."""
        if not rest.upper().startswith(keyword + ":<") or ">" not in rest:
            return None, []
        address, _, parameters = rest[len(keyword) + 2 :].rpartition(">")
        return address, parameters.split()

    async def do_mail(self, rest):
        if not self.welcome:
            return await self.answer("530 5.7.0 Authentication required")
        address, parameters = self.path(rest, "FROM")
        if not self.greeted or self.envelope is not None or address is None:
            self.desk.tell("bad", "MAIL " + rest)
            return await self.answer("503 5.5.1 Bad sequence or syntax")
        offered = [e.split(" ")[0] for e in self.desk.extensions]
        for parameter in parameters:
            name = {"BODY": "8BITMIME"}.get(parameter.split("=")[0], parameter.split("=")[0])
            if name not in offered:
                self.desk.tell("bad", "MAIL " + rest)
                return await self.answer("555 5.5.4 Unknown parameter")
        if not address.isascii() and "SMTPUTF8" not in parameters:
            self.desk.tell("bad", "MAIL " + rest)
            return await self.answer("553 5.6.7 Needs SMTPUTF8")
        control = self.desk.control()
        if 0 < control.get("per_connection", 0) <= self.stored:
            await self.answer("421 4.7.0 Too many messages on this connection")
            return "end"
        if self.desk.has_left("full", control.get("full", 0)):
            self.refused_mail = True
            return await self.answer("452 4.3.1 Insufficient system storage")
        self.desk.tell("mail", address)
        self.refused_mail = False
        self.envelope = {"from": address, "to": [], "mail_parameters": parameters}
        await self.answer("250 2.1.0 Ok")

    async def do_rcpt(self, rest):
        address, _ = self.path(rest, "TO")
        if self.envelope is None or address is None:
            # Whoever pipelines has sent it before knowing that MAIL is refused.
            if not (self.refused_mail and "PIPELINING" in self.desk.extensions):
                self.desk.tell("bad", "RCPT " + rest)
            return await self.answer("503 5.5.1 Bad sequence or syntax")
        if not address.isascii() and "SMTPUTF8" not in self.envelope["mail_parameters"]:
            self.desk.tell("bad", "RCPT " + rest)
            return await self.answer("553 5.6.7 Needs SMTPUTF8")
        self.desk.tell("rcpt", address)
        await self.hold("rcpt", address)
        control = self.desk.control()
        if address in control.get("refuse", {}):
            await self.answer(control["refuse"][address])
        elif self.desk.has_left(("put_off", address), control.get("put_off", {}).get(address, 0)):
            await self.answer("451 4.7.1 Greylisted, come back later")
        elif control.get("greylist") and self.desk.has_left(("greylist", address), 1):
            await self.answer("451 4.7.1 Greylisted, come back later")
        elif self.desk.has_left("shut_down", control.get("shut_down", 0)):
            await self.answer("421 4.3.2 Shutting down")
            return "end"
        else:
            self.envelope["to"].append(address)
            await self.answer("250 2.1.5 Ok")

    def cuts(self, where, address):
        cut, times = self.desk.control().get("cut", {}).get(address, (None, 0))
        return cut == where and self.desk.has_left(("cut", address), times)

    async def do_data(self, _):
        if self.envelope is None or not self.envelope["to"]:
            if not self.desk.control().get("wants_data_for_nobody"):
                return await self.answer("554 5.5.1 No valid recipients")
            await self.answer("354 Go ahead")
            while (line := await self.line()) != b".\r\n":
                self.desk.tell("bad", f"a message for nobody: {line!r}")
            self.envelope = None
            return await self.answer("554 5.5.1 No valid recipients")
        envelope, self.envelope = self.envelope, None
        address = envelope["to"][0]
        self.desk.tell("data", address)
        await self.answer("354 Go ahead")
        lines = []
        while True:
            line = await self.line()
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
            if self.cuts("in_data", address):
                raise Gone
        self.desk.store(envelope, lines)
        self.stored += 1
        self.desk.tell("stored", address)
        await self.hold("stored", address)
        if self.cuts("before_answer", address):
            raise Gone
        await self.answer(f"250 2.0.0 Ok: queued as {self.desk.messages:04}")
        if self.cuts("after_answer", address):
            raise Gone


async def serve(desk):
    async def session(reader, writer):
        here = Session(desk, reader, writer)
        try:
            await here.run()
        except (Gone, ConnectionError):
            desk.tell("gone")
        finally:
            here.leave()
            writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_the_test():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--login", nargs=2)
    parser.add_argument("--bearer", nargs=2, action="append", default=[])
    parser.add_argument("--tally", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    threading.Thread(target=end_with_the_test, daemon=True).start()
    asyncio.run(serve(Desk(arguments.folder, arguments.without, arguments.login, arguments.tally, arguments.seed, arguments.bearer)))


if __name__ == "__main__":
    main()
